"""The memory coordinator: sessions, shared context, agents, events, accounts and health."""

from swarm.memory.accounts import (
    Account,
    AccountRepository,
    DuplicateAccount,
    TokenRevoked,
    TooMany,
)
from swarm.memory.agents import Agent, AgentRegistry
from swarm.memory.context import ContextEntry, SharedContext
from swarm.memory.events import EVENT_ID_PATTERN, Event, EventLog
from swarm.memory.health import Health, Readiness
from swarm.memory.paging import ANY, Page, read_page
from swarm.memory.sessions import SESSION_LIBRARY, Session, SessionRepository

__all__ = [
    "ANY",
    "Account",
    "AccountRepository",
    "Agent",
    "AgentRegistry",
    "ContextEntry",
    "DuplicateAccount",
    "EVENT_ID_PATTERN",
    "Event",
    "EventLog",
    "Health",
    "Page",
    "Readiness",
    "SESSION_LIBRARY",
    "Session",
    "SessionRepository",
    "SharedContext",
    "TokenRevoked",
    "TooMany",
    "read_page",
]
