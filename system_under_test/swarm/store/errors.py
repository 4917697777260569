"""Why the store refused or could not answer."""

from __future__ import annotations


class StoreUnavailable(Exception):
    """Redis did not answer or refused to serve; a write's outcome is then unknown."""


class Missing(Exception):
    """It does not exist, or it has expired."""


class Conflict(Exception):
    """A compare-and-set expected another version than the current one."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the current version is {version}")
        self.version = version


class Ended(Exception):
    """It has reached a final state and cannot change any more."""

    def __init__(self, state: str) -> None:
        super().__init__(f"it is already {state}")
        self.state = state


class KeyReused(Exception):
    """The idempotency key belongs to a different request."""


class KeyOutdated(Exception):
    """An earlier version of the system used the key; what it stored cannot be read any more."""
