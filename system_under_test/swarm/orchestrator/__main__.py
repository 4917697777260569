"""The orchestrator process: promotes due retries, declares agents lost, ends what expired.

It keeps nothing in memory. Any number may run, and any may be killed at any time: each tick is
one atomic script. Without an orchestrator jobs go on; only retries and expiry wait for it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import asdict

import structlog

from swarm.config import OrchestratorSettings, load_orchestrator_settings
from swarm.jobs import sweep
from swarm.memory import Health
from swarm.process import configure_logging, settings_or_exit, stop_on_signals
from swarm.store import Store, StoreUnavailable

ITEMS_PER_TICK_MAX = 200
# An agent whose id is a container id never comes back. One day is enough to look at what it did.
OFFLINE_AGENT_KEPT_S = 86_400
COMPONENT = "orchestrator"

_log = structlog.get_logger()


class Orchestrator:
    """Ticks until told to stop."""

    def __init__(self, settings: OrchestratorSettings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._health = Health(store)
        self._announced_s: float | None = None
        self._away = False

    def run(self, stop: threading.Event) -> None:
        """Tick until ``stop`` is set; outages of Redis are waited out."""
        while not stop.is_set():
            try:
                self._tick()
            except StoreUnavailable as error:
                if not self._away:
                    _log.warning("orchestrator.redis_away", reason=str(error))
                self._away = True
            stop.wait(self._settings.tick_s)
        self._leave()

    def _tick(self) -> None:
        swept = asdict(
            sweep(
                self._store,
                items_max=ITEMS_PER_TICK_MAX,
                offline_agent_kept_s=OFFLINE_AGENT_KEPT_S,
            )
        )
        if self._away:
            _log.info("orchestrator.redis_back")
            self._away = False
        self._announce()
        if any(swept.values()):
            _log.info("orchestrator.swept", **swept)

    def _announce(self) -> None:
        now_s = time.monotonic()
        first = self._announced_s is None
        if self._announced_s is not None and now_s < self._announced_s + self._settings.heartbeat_s:
            return
        self._health.announce(
            COMPONENT, "ready", valid_s=self._settings.heartbeat_s * 3, with_event=first
        )
        self._announced_s = now_s
        if first:
            _log.info("orchestrator.ready", tick_s=self._settings.tick_s)

    def _leave(self) -> None:
        # One second is enough for subscribers to hear it. Unannounced, the status expires anyway.
        try:
            self._health.announce(COMPONENT, "stopped", valid_s=1.0, with_event=True)
        except StoreUnavailable:
            _log.warning("orchestrator.stopped_unannounced")
        _log.info("orchestrator.stopped")


def main() -> None:
    """Run the orchestrator until SIGTERM."""
    settings = settings_or_exit(load_orchestrator_settings)
    configure_logging(COMPONENT)
    Orchestrator(settings, Store(settings.store)).run(stop_on_signals())


if __name__ == "__main__":
    main()
