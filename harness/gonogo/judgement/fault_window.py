"""Fault windows: when each fault was intended, armed, observed, healed and proven absent."""

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
        observed: whether it was observed while it was armed; None when that was not checked.
        absent: whether it was observed to be gone; None when that was not checked.
        bite_evidence: what the observation of the fault showed.
        absence_evidence: what the check for its absence showed.
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
    bite_evidence: str
    absence_evidence: str
    end_ns: int

    def covers(self, at_ns: int) -> bool:
        """Whether a time lies between intent and proven absence (or the end of the run).

        From the intent on, because an effect may be recorded before the arming is.
        """
        until_ns = self.end_ns if self.absent_ns is None else self.absent_ns
        return self.intent_ns <= at_ns <= until_ns

    @property
    def armed_span(self) -> tuple[int, int] | None:
        """Armed to healed (or the end of the run): what ``phase=fault:LABEL`` means."""
        if self.armed_ns is None:
            return None
        return self.armed_ns, self.end_ns if self.healed_ns is None else self.healed_ns


def fault_windows(events: Events) -> tuple[FaultWindow, ...]:
    """One window for every intent, in order of time."""
    end_ns = max((event.mono_ns for event in events), default=0)
    return tuple(_window(intent, events, end_ns) for intent in events.of(FaultIntended))


def _window(intent: Event[FaultIntended], events: Events, end_ns: int) -> FaultWindow:
    intended = intent.what
    armed = _last(events, FaultArmed, intended.id)
    bite = _last(events, FaultObserved, intended.id)
    healed = _last(events, FaultHealed, intended.id)
    absence = _last(events, FaultAbsent, intended.id)
    absent = None if absence is None else absence.what.absent
    return FaultWindow(
        id=intended.id,
        label=intended.label,
        fault=intended.fault,
        services=intended.services,
        edges=intended.edges,
        intent_ns=intent.mono_ns,
        armed_ns=armed.mono_ns if armed else None,
        healed_ns=healed.mono_ns if healed else None,
        absent_ns=absence.mono_ns if absence and absent else None,
        observed=None if bite is None else bite.what.observed,
        absent=absent,
        bite_evidence=bite.what.evidence if bite else "",
        absence_evidence=absence.what.evidence if absence else "",
        end_ns=end_ns,
    )


def _last(events: Events, kind: type[Step], fault_id: str) -> Event[Step] | None:
    """The last event of a kind that concerns an attempt."""
    mine = [event for event in events.of(kind) if event.what.id == fault_id]
    return mine[-1] if mine else None
