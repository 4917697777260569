"""Redis: one connection, key names in a namespace, and how Lua scripts are put together and run.

The scripts themselves are beside what they serve: ``swarm.jobs`` and ``swarm.memory``.
"""

from swarm.store.connection import Argument, Once, Store, Wake
from swarm.store.errors import Conflict, Ended, KeyOutdated, KeyReused, Missing, StoreUnavailable
from swarm.store.keys import Keys
from swarm.store.reply import Reply
from swarm.store.script import Script, assemble

__all__ = [
    "Argument",
    "Conflict",
    "Ended",
    "KeyOutdated",
    "KeyReused",
    "Keys",
    "Missing",
    "Once",
    "Reply",
    "Script",
    "Store",
    "StoreUnavailable",
    "Wake",
    "assemble",
]
