"""The agent process."""

from __future__ import annotations

import random

from swarm.agent.worker import Worker
from swarm.config import load_agent_settings
from swarm.process import configure_logging, settings_or_exit, stop_on_signals
from swarm.store import Store


def main() -> None:
    """Run one agent until SIGTERM."""
    settings = settings_or_exit(load_agent_settings)
    configure_logging("agent", agent_id=settings.agent_id)
    Worker(settings, Store(settings.store), random.SystemRandom()).run(stop_on_signals())


if __name__ == "__main__":
    main()
