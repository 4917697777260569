"""A run while it happens: what the sliding windows of the stop conditions can still see."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from gonogo.judgement.requests import Flags, Floats
from gonogo.observation.records import RECORD, LoadHeader, LoadRecords, Rows
from gonogo.vocabulary import (
    AnyEvent,
    Event,
    Events,
    Objective,
    Outcome,
    fault_phase,
    is_fault_phase,
)
from gonogo.vocabulary.events import (
    FaultArmed,
    FaultHealed,
    LoadFinished,
    LoadStarted,
    PhaseFinished,
    PhaseStarted,
    ResourceSampled,
)

# The generator records a timeout when it is due; an older request without a record is lost.
LOST_AFTER_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class LiveRequests:
    """Requests in a window, in columns of one length.

    Attributes:
        name: operation.
        latency_s: of those that ended; the age of those in flight.
        failed: which ended and not OK.
        http_error: which of those with an HTTP answer.
        ended: which ended; the others are in flight.
    """

    name: npt.NDArray[np.str_]
    latency_s: Floats
    failed: Flags
    http_error: Flags
    ended: Flags

    def __len__(self) -> int:
        return len(self.name)

    def where(self, mask: Flags) -> Self:
        """Those that ``mask`` selects."""
        return type(self)(*(getattr(self, each.name)[mask] for each in fields(self)))

    def named(self, name: str) -> Self:
        """Those of one operation."""
        return self.where(np.asarray(self.name == name))

    def http_errors_as_answers(self) -> Self:
        """The same requests with each HTTP error as an answer."""
        return replace(self, failed=self.failed & ~self.http_error)

    @classmethod
    def joined(cls, parts: Iterable[Self]) -> Self:
        """The requests of several loads."""
        none = np.zeros(0, dtype=np.bool_)
        all_parts = [cls(np.empty(0, np.str_), np.empty(0), none, none, none), *parts]
        columns = ([getattr(part, each.name) for part in all_parts] for each in fields(cls))
        return cls(*(np.concatenate(column) for column in columns))


class LiveLoad:
    """One load: which of its requests are in flight and which ended lately."""

    def __init__(self, header: LoadHeader, schedule: Rows) -> None:
        self.header = header
        self.finished = False
        self._schedule = schedule
        self._waiting = np.ones(len(schedule), dtype=np.bool_)
        self._recent: Rows = np.empty(0, dtype=RECORD)

    def add(self, schedule: Rows, records: Rows, keep_after_ns: int) -> None:
        """Add new records and forget those that ended before ``keep_after_ns``.

        Args:
            schedule: the one known already, with new rows at its end in the closed model.
            records: those since the last call.
            keep_after_ns: monotonic clock.
        """
        grown = np.ones(len(schedule) - len(self._schedule), dtype=np.bool_)
        self._waiting = np.concatenate([self._waiting, grown])
        self._schedule = schedule
        self._waiting[np.isin(self._schedule["seq"], records["seq"])] = False
        joined = np.concatenate([self._recent, records])
        self._recent = joined[joined["done_ns"] >= keep_after_ns]

    def requests(self, after_ns: int, since_ns: int, now_ns: int) -> LiveRequests:
        """Requests intended from ``since_ns`` on that ended after ``after_ns`` or are in flight."""
        ended = self._recent[self._recent["done_ns"] >= after_ns]
        waiting = self._schedule[self._waiting & self._in_flight(now_ns)]
        intended_ns = np.concatenate([ended["intended_ns"], waiting["intended_ns"]])
        until_ns = np.concatenate([ended["done_ns"], np.full(len(waiting), now_ns)])
        outcome = np.zeros(len(intended_ns), dtype=np.uint8)
        outcome[: len(ended)] = ended["outcome"]
        name_id = np.concatenate([ended["name_id"], waiting["name_id"]])
        requests = LiveRequests(
            name=np.array(self.header.names, dtype=np.str_)[name_id],
            latency_s=np.maximum((until_ns - intended_ns) / 1e9, 0.0),
            failed=outcome != int(Outcome.OK),
            http_error=outcome == int(Outcome.HTTP_ERROR),
            ended=np.arange(len(intended_ns)) < len(ended),
        )
        return requests.where(np.asarray(intended_ns >= since_ns))

    def _in_flight(self, now_ns: int) -> Flags:
        if self.finished:
            return np.zeros(len(self._schedule), dtype=np.bool_)
        age_ns = now_ns - self._schedule["intended_ns"]
        lost_ns = (self.header.timeout_s + LOST_AFTER_TIMEOUT_S) * 1e9
        return np.asarray((age_ns >= 0) & (age_ns <= lost_ns))


class LiveRun:
    """The present state of a run; it is given new events and records as they come.

    Args:
        window_s_max: length of the longest window that is asked for.
    """

    def __init__(self, window_s_max: float) -> None:
        self._loads: dict[str, LiveLoad] = {}
        self._window_ns = round(window_s_max * 1e9)
        self._now_ns = 0
        self._since_ns: dict[str, int] = {}
        self._phase_of_load: dict[str, str] = {}
        self._resources: list[Event[ResourceSampled]] = []

    def add(self, events: Iterable[AnyEvent], loads: Iterable[LoadRecords], now_ns: int) -> None:
        """Add what is new and forget what is too old."""
        self._now_ns = now_ns
        keep_after_ns = now_ns - self._window_ns
        for each in loads:
            name = each.header.load
            load = self._loads.setdefault(name, LiveLoad(each.header, each.schedule))
            load.add(each.schedule, each.records, keep_after_ns)
        new = Events(events)
        for event in new:
            self._add_event(event)
        self._resources += new.of(ResourceSampled)
        self._resources = [each for each in self._resources if each.mono_ns >= keep_after_ns]

    def _add_event(self, event: AnyEvent) -> None:
        at_ns = event.mono_ns
        match event.what:
            case PhaseStarted(phase=phase):
                self._since_ns[phase] = at_ns
            case PhaseFinished(phase=phase):
                self._since_ns.pop(phase, None)
            case FaultArmed(label=label):
                self._since_ns[fault_phase(label)] = at_ns
            case FaultHealed(label=label):
                self._since_ns.pop(fault_phase(label), None)
            case LoadStarted(load=load, phase=phase) if phase not in self._since_ns:
                # A load whose phase is not one of the run, such as ``closed``, is its own phase.
                self._since_ns[phase] = at_ns
                self._phase_of_load[load] = phase
            case LoadFinished(load=load):
                self._since_ns.pop(self._phase_of_load.pop(load, ""), None)
                if load in self._loads:
                    self._loads[load].finished = True

    @property
    def phases(self) -> list[str]:
        """Phases and armed faults (``fault:LABEL``) of now."""
        return list(self._since_ns)

    def requests(self, phase: str, objective: Objective) -> LiveRequests:
        """The requests of an active phase or fault in the window of a stop condition.

        Those of a fault are the requests of any load that were intended since it was armed.
        """
        after_ns, since_ns = self._window_start_ns(objective), self._since_ns[phase]
        return LiveRequests.joined(
            load.requests(after_ns, since_ns, self._now_ns)
            for load in self._loads.values()
            if is_fault_phase(phase) or load.header.phase == phase
        )

    def resources(self, phase: str, objective: Objective) -> list[Event[ResourceSampled]]:
        """Resource samples of an active phase or fault in the window of a stop condition."""
        after_ns = max(self._window_start_ns(objective), self._since_ns[phase])
        return [each for each in self._resources if each.mono_ns >= after_ns]

    def _window_start_ns(self, objective: Objective) -> int:
        assert objective.stop is not None  # noqa: S101 - only such objectives are watched
        return self._now_ns - round(objective.stop.window_s * 1e9)
