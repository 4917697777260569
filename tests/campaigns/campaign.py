"""What a campaign is: its rounds, and the result of one round."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Round:
    """The result of one round.

    Attributes:
        passed: whether the promise of the campaign held.
        took_s: how long the part that is measured took.
        said: the result in one line; the reason when it did not pass.
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
        rounds: the unique key of each round, in order.
        run: runs one round by its key, with a temporary directory of its own.
        workers: rounds at the same time.
    """

    name: str
    promise: str
    rounds: Sequence[str]
    run: Callable[[str, Path], Round]
    workers: int = 1
