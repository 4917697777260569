"""The memory coordinator: sessions, shared context, agents, events and accounts."""

from swarm.memory.accounts import (
    Account,
    AccountBook,
    DuplicateAccount,
    TokenRevoked,
    TooMany,
)
from swarm.memory.agents import Agent, AgentBook
from swarm.memory.context import Context, ContextEntry
from swarm.memory.errors import Conflict, Ended, KeyReused, Missing
from swarm.memory.events import Event, EventLog
from swarm.memory.paging import Page
from swarm.memory.sessions import SESSION_STATES, Session, SessionBook

__all__ = [
    "Account",
    "AccountBook",
    "Agent",
    "AgentBook",
    "Conflict",
    "Context",
    "ContextEntry",
    "DuplicateAccount",
    "Ended",
    "Event",
    "EventLog",
    "KeyReused",
    "Missing",
    "Page",
    "SESSION_STATES",
    "Session",
    "SessionBook",
    "TokenRevoked",
    "TooMany",
]
