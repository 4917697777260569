"""Events: everything that happens in a run, with who recorded it and when."""

from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar, overload

from gonogo.vocabulary.events import Occurrence

A_co = TypeVar("A_co", bound=Occurrence, covariant=True)
A = TypeVar("A", bound=Occurrence)
B = TypeVar("B", bound=Occurrence)
C = TypeVar("C", bound=Occurrence)


@dataclass(frozen=True, slots=True)
class Event(Generic[A_co]):
    """One thing that happened.

    Attributes:
        run: run id.
        writer: name of the event file it stands in, without suffix.
        seq: position in that file, from 0.
        boot: kernel boot id; monotonic times of different boots do not compare.
        mono_ns: CLOCK_MONOTONIC, nanoseconds.
        wall: UTC time, ISO 8601 with microseconds.
        what: what happened.
    """

    run: str
    writer: str
    seq: int
    boot: str
    mono_ns: int
    wall: str
    what: A_co


AnyEvent: TypeAlias = Event[Occurrence]


class Events(tuple[AnyEvent, ...]):
    """Events in the order they happened."""

    __slots__ = ()

    @overload
    def of(self, kind: type[A], /) -> list[Event[A]]: ...

    @overload
    def of(self, first: type[A], second: type[B], /) -> list[Event[A | B]]: ...

    @overload
    def of(self, first: type[A], second: type[B], third: type[C], /) -> list[Event[A | B | C]]: ...

    def of(self, *kinds: type[Any]) -> list[Any]:
        """Those that are one of these kinds, in the same order."""
        return [event for event in self if isinstance(event.what, kinds)]
