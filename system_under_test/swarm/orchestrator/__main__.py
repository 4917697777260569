"""The orchestrator process: promotes due retries, declares agents lost, ends what expired.

It keeps nothing in memory. Any number may run, and any may be killed at any time: each tick
is one atomic script, and jobs go on without it, only retries and expiry wait.
"""

from __future__ import annotations

import threading
import time

import structlog

from swarm.config import OrchestratorSettings, load_orchestrator_settings
from swarm.process import configure_logging, settings_or_exit, stop_on_signals
from swarm.store import Store, StoreUnavailable

ITEMS_PER_TICK_MAX = 200
# Agents named by container never come back; a day is enough to see what became of them.
OFFLINE_AGENT_KEPT_S = 86_400
COMPONENT = "orchestrator"

_log = structlog.get_logger()


class Orchestrator:
    """Ticks until told to stop."""

    def __init__(self, settings: OrchestratorSettings, store: Store) -> None:
        self._settings = settings
        self._store = store
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
        reply = self._store.run("sweep", ITEMS_PER_TICK_MAX, OFFLINE_AGENT_KEPT_S * 1000)
        if self._away:
            _log.info("orchestrator.redis_back")
            self._away = False
        self._announce()
        promoted, agents_lost, sessions_expired, jobs_forgotten, agents_forgotten = reply[1:]
        if any(reply[1:]):
            _log.info(
                "orchestrator.swept",
                promoted=promoted,
                agents_lost=agents_lost,
                sessions_expired=sessions_expired,
                jobs_forgotten=jobs_forgotten,
                agents_forgotten=agents_forgotten,
            )

    def _announce(self) -> None:
        now_s = time.monotonic()
        first = self._announced_s is None
        if self._announced_s is not None and now_s < self._announced_s + self._settings.heartbeat_s:
            return
        valid_ms = int(self._settings.heartbeat_s * 3 * 1000)
        self._store.run("announce", COMPONENT, "ready", valid_ms, "1" if first else "0")
        self._announced_s = now_s
        if first:
            _log.info("orchestrator.ready", tick_s=self._settings.tick_s)

    def _leave(self) -> None:
        # A second is enough to tell; what is not told expires by itself.
        try:
            self._store.run("announce", COMPONENT, "stopped", 1000, "1")
        except StoreUnavailable:
            _log.warning("orchestrator.stopped_untold")
        _log.info("orchestrator.stopped")


def main() -> None:
    """Run the orchestrator until SIGTERM."""
    settings = settings_or_exit(load_orchestrator_settings)
    configure_logging(COMPONENT)
    Orchestrator(settings, Store(settings.store)).run(stop_on_signals())


if __name__ == "__main__":
    main()
