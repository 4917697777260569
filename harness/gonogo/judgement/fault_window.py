"""Fault windows: when each fault was meant, bit, was taken back and was seen to be gone."""

from collections.abc import Sequence
from dataclasses import dataclass

from gonogo.vocabulary import Event, Kind


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


def fault_windows(events: Sequence[Event]) -> tuple[FaultWindow, ...]:
    """One window for every intent, in order of time."""
    intents = [event for event in events if event.kind is Kind.FAULT_INTENT]
    end_ns = max((event.mono_ns for event in events), default=0)
    return tuple(_window(intent, events, end_ns) for intent in intents)


def _window(intent: Event, events: Sequence[Event], end_ns: int) -> FaultWindow:
    def last(kind: Kind) -> Event | None:
        mine = [e for e in events if e.kind is kind and e.data.get("id") == intent.data["id"]]
        return mine[-1] if mine else None

    armed, healed = last(Kind.FAULT_ARMED), last(Kind.FAULT_HEALED)
    bite, trace = last(Kind.FAULT_OBSERVED), last(Kind.FAULT_ABSENT)
    absent = None if trace is None else bool(trace.data["absent"])
    return FaultWindow(
        id=str(intent.data["id"]),
        label=str(intent.data["label"]),
        fault=str(intent.data["fault"]),
        services=tuple(intent.data["services"]),
        edges=tuple(intent.data.get("edges", ())),
        intent_ns=intent.mono_ns,
        armed_ns=armed.mono_ns if armed else None,
        healed_ns=healed.mono_ns if healed else None,
        absent_ns=trace.mono_ns if trace and absent else None,
        observed=None if bite is None else bool(bite.data["observed"]),
        absent=absent,
        bite=str(bite.data.get("evidence", "")) if bite else "",
        trace=str(trace.data.get("evidence", "")) if trace else "",
        end_ns=end_ns,
    )
