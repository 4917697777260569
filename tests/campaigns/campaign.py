"""What a campaign is: rounds that can be told apart, and what one round found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Round:
    """What one round found.

    Attributes:
        passed: whether it kept its promise.
        took_s: how long the part that is measured took.
        said: what was found, one line; why, where it did not pass.
    """

    passed: bool
    took_s: float
    said: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """A list of rounds and how to run one.

    Attributes:
        name: file name of its rows, without the suffix.
        promise: what every round has to show, one line.
        rounds: keys that tell the rounds apart, in order.
        run: runs one round by its key, with a temporary directory of its own.
        workers: rounds at the same time.
    """

    name: str
    promise: str
    rounds: Sequence[str]
    run: Callable[[str, Path], Round]
    workers: int = 1
