"""Evidence: what an independent look at the system showed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from gonogo.vocabulary.events import Occurrence


@dataclass(frozen=True, slots=True)
class Evidence:
    """The answer to one yes/no question about the system.

    Attributes:
        holds: whether what was looked for was seen.
        what: the observation in words, for the report ("pid 412 in state T").
        data: figures behind it.
    """

    holds: bool
    what: str
    data: Mapping[str, Any] = field(default_factory=dict)


class Probe(Protocol):
    """Looks at the system from outside, once, with a limit; never raises for what it sees."""

    name: str

    def look(self) -> Evidence:
        """Look once."""


@dataclass(frozen=True, slots=True)
class NoopProbe:
    """A probe that sees nothing, for unit tests: it never holds."""

    name: str = "noop"

    def look(self) -> Evidence:
        """See nothing."""
        return Evidence(holds=False, what="noop sees nothing")


class Recorder(Protocol):
    """Where drivers write what happened; the event log implements it."""

    def record(self, what: Occurrence, /) -> None:
        """Append one event; durable against a kill of the writer when it returns."""


@dataclass(frozen=True, slots=True)
class NoopRecorder:
    """Forgets everything; for unit tests."""

    def record(self, what: Occurrence, /) -> None:
        """Forget it."""


Clock = Callable[[], int]
