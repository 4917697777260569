"""What a store operation may refuse, as the caller sees it."""

from __future__ import annotations

from typing import Any


class Missing(Exception):
    """There is no such thing, or it has expired."""


class Conflict(Exception):
    """A compare-and-set met another version."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the current version is {version}")
        self.version = version


class Ended(Exception):
    """The thing reached a final state and cannot change any more."""

    def __init__(self, state: str) -> None:
        super().__init__(f"it is already {state}")
        self.state = state


class KeyReused(Exception):
    """The idempotency key belongs to a different request."""


def applied(reply: list[Any]) -> list[Any]:
    """Return what follows ``ok`` in a script's reply, or raise what it refused."""
    outcome, *rest = reply
    if outcome == "ok":
        return rest
    if outcome == "missing":
        raise Missing
    if outcome == "conflict":
        raise Conflict(int(rest[0]))
    if outcome == "ended":
        raise Ended(str(rest[0]))
    if outcome == "reused":
        raise KeyReused
    raise RuntimeError(f"script answered {outcome!r}")


def pairs(flat: list[str]) -> dict[str, str]:
    """Turn a flat list of fields and values into a dict."""
    return dict(zip(flat[::2], flat[1::2], strict=True))
