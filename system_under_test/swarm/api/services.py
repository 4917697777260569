"""What requests work with: one per app, handed to it at creation."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import cast

from flask import current_app

from swarm.api.tokens import TokenIssuer
from swarm.config import ApiSettings
from swarm.memory import AccountBook, AgentBook, Context, EventLog, SessionBook
from swarm.orchestrator import JobBook
from swarm.store import Store

EXTENSION = "swarm"


@dataclass(frozen=True, slots=True)
class Services:
    """The books and settings of one api process.

    ``bootstrapped`` is set once the bootstrap account is known to exist.
    """

    settings: ApiSettings
    store: Store
    tokens: TokenIssuer
    accounts: AccountBook
    agents: AgentBook
    sessions: SessionBook
    context: Context
    events: EventLog
    jobs: JobBook
    bootstrapped: threading.Event

    @classmethod
    def build(cls, settings: ApiSettings) -> Services:
        """Build everything on one connection pool."""
        store = Store(settings.store)
        return cls(
            settings=settings,
            store=store,
            tokens=TokenIssuer(settings.jwt_secret),
            accounts=AccountBook(store),
            agents=AgentBook(store),
            sessions=SessionBook(store),
            context=Context(store),
            events=EventLog(store),
            jobs=JobBook(store),
            bootstrapped=threading.Event(),
        )


def services() -> Services:
    """Return the current app's services."""
    return cast("Services", current_app.extensions[EXTENSION])
