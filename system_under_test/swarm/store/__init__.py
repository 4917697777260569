"""Redis: one connection, key names in a namespace, atomic scripts."""

from swarm.store.connection import Once, Store, StoreUnavailable, Wake
from swarm.store.keys import Keys

__all__ = ["Keys", "Once", "Store", "StoreUnavailable", "Wake"]
