"""Fault windows: when each fault was meant, bit, was taken back and was seen to be gone."""

from dataclasses import dataclass
from typing import TypeVar

from gonogo.vocabulary import Event, Events
from gonogo.vocabulary.events import (
    FaultAbsent,
    FaultArmed,
    FaultHealed,
    FaultIntended,
    FaultObserved,
)

Step = TypeVar("Step", FaultArmed, FaultObserved, FaultHealed, FaultAbsent)


@dataclass(frozen=True, slots=True)
class FaultWindow:
    """One fault from intent to proven absence; times on the monotonic clock.

    Attributes:
        id: identifies the attempt.
        label: its name in objectives.
        fault: catalogue name.
        services: those it touches.
        edges: connections it touches; their services themselves are left alone.
        intent_ns: before anything was touched.
        armed_ns: None when it never was.
        healed_ns: None when it never was.
        absent_ns: when its absence was proven, None when it was not.
        observed: whether it was seen to bite while it was armed; None when nobody looked.
        absent: whether it was seen to be gone; None when nobody looked.
        bite: what the look for it showed.
        trace: what the look for its absence showed.
        end_ns: end of the run as far as it was recorded.
    """

    id: str
    label: str
    fault: str
    services: tuple[str, ...]
    edges: tuple[str, ...]
    intent_ns: int
    armed_ns: int | None
    healed_ns: int | None
    absent_ns: int | None
    observed: bool | None
    absent: bool | None
    bite: str
    trace: str
    end_ns: int

    def covers(self, at_ns: int) -> bool:
        """Whether a time lies between intent and proven absence (or the end of the run).

        From the intent on, for what a fault breaks may be seen before its arming is recorded.
        """
        until_ns = self.end_ns if self.absent_ns is None else self.absent_ns
        return self.intent_ns <= at_ns <= until_ns

    @property
    def biting(self) -> tuple[int, int] | None:
        """Armed to healed (or the end of the run): what ``phase=fault:LABEL`` means."""
        if self.armed_ns is None:
            return None
        return self.armed_ns, self.end_ns if self.healed_ns is None else self.healed_ns


def fault_windows(events: Events) -> tuple[FaultWindow, ...]:
    """One window for every intent, in order of time."""
    end_ns = max((event.mono_ns for event in events), default=0)
    return tuple(_window(intent, events, end_ns) for intent in events.of(FaultIntended))


def _window(intent: Event[FaultIntended], events: Events, end_ns: int) -> FaultWindow:
    meant = intent.what
    armed, healed = _last(events, FaultArmed, meant.id), _last(events, FaultHealed, meant.id)
    bite, trace = _last(events, FaultObserved, meant.id), _last(events, FaultAbsent, meant.id)
    absent = None if trace is None else trace.what.absent
    return FaultWindow(
        id=meant.id,
        label=meant.label,
        fault=meant.fault,
        services=meant.services,
        edges=meant.edges,
        intent_ns=intent.mono_ns,
        armed_ns=armed.mono_ns if armed else None,
        healed_ns=healed.mono_ns if healed else None,
        absent_ns=trace.mono_ns if trace and absent else None,
        observed=None if bite is None else bite.what.observed,
        absent=absent,
        bite=bite.what.evidence if bite else "",
        trace=trace.what.evidence if trace else "",
        end_ns=end_ns,
    )


def _last(events: Events, kind: type[Step], fault_id: str) -> Event[Step] | None:
    """The last event of a kind that concerns an attempt."""
    mine = [event for event in events.of(kind) if event.what.id == fault_id]
    return mine[-1] if mine else None
