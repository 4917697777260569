"""What the routes work with; one per application, built when it is created."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import cast

from flask import current_app

from swarm.api.tokens import TokenIssuer
from swarm.config import ApiSettings
from swarm.jobs import JobQueue
from swarm.memory import (
    AccountRepository,
    AgentRegistry,
    EventLog,
    Health,
    SessionRepository,
    SharedContext,
)
from swarm.store import Store

EXTENSION = "swarm"


@dataclass(frozen=True, slots=True)
class Services:
    """The store's parts and the settings of one api process.

    ``bootstrapped`` is set once the bootstrap account is known to exist.
    """

    settings: ApiSettings
    tokens: TokenIssuer
    accounts: AccountRepository
    agents: AgentRegistry
    sessions: SessionRepository
    context: SharedContext
    events: EventLog
    jobs: JobQueue
    health: Health
    bootstrapped: threading.Event

    @classmethod
    def build(cls, settings: ApiSettings) -> Services:
        """Build everything on one connection pool."""
        store = Store(settings.store)
        return cls(
            settings=settings,
            tokens=TokenIssuer(settings.jwt_secret),
            accounts=AccountRepository(store),
            agents=AgentRegistry(store),
            sessions=SessionRepository(store),
            context=SharedContext(store),
            events=EventLog(store),
            jobs=JobQueue(store),
            health=Health(store),
            bootstrapped=threading.Event(),
        )


def services() -> Services:
    """Return the current app's services."""
    return cast("Services", current_app.extensions[EXTENSION])
