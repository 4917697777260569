"""What a service's state means: backends and targets use many words for few things."""

from typing import Literal

StateClass = Literal["up", "starting", "down", "off", "other"]

_UP = ("ready", "healthy", "running", "up", "alive", "recovered")
# Parts of words, looked for in this order: "unhealthy" is down, "stopping" is off.
_PARTS: tuple[tuple[StateClass, tuple[str, ...]], ...] = (
    ("down", ("exit", "dead", "fail", "kill", "crash", "unhealthy", "oom", "down", "gone", "gave")),
    ("off", ("stop", "paus", "remov", "heal")),
    ("starting", ("start", "creat", "wait", "pending", "launch", "spawn")),
)


def state_class(state: str) -> StateClass:
    """What the word means; ``off`` is down on purpose, ``other`` a word that is not known."""
    word = state.lower()
    if word in _UP:
        return "up"
    for name, parts in _PARTS:
        if any(part in word for part in parts):
            return name
    return "other"
