"""The agent process."""

from __future__ import annotations

import random
import threading

from swarm.agent.housekeeping import Housekeeper
from swarm.agent.worker import Worker
from swarm.config import load_agent_settings
from swarm.process import configure_logging, settings_or_exit, stop_on_signals
from swarm.store import Store


def main() -> None:
    """Run one agent until SIGTERM."""
    settings = settings_or_exit(load_agent_settings)
    configure_logging("agent", agent_id=settings.agent_id)
    stop = stop_on_signals()
    # In its own thread with its own connection: a large workspace must not delay a lease renewal.
    housekeeper = Housekeeper(settings.workspace, Store(settings.store), settings.job_ttl_s)
    threading.Thread(target=housekeeper.run, args=(stop,), name="housekeeper", daemon=True).start()
    Worker(settings, Store(settings.store), random.SystemRandom()).run(stop)


if __name__ == "__main__":
    main()
