"""A run while it happens: only what the sliding windows of stop conditions can still see."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gonogo.judgement.phase_names import FAULT_PREFIX
from gonogo.judgement.requests import Flags, Floats, Integers
from gonogo.observation.records import RECORD, LoadHeader, LoadRecords, Rows
from gonogo.vocabulary import AnyEvent, Event, Events, Outcome
from gonogo.vocabulary.events import (
    FaultArmed,
    FaultHealed,
    LoadFinished,
    LoadStarted,
    PhaseFinished,
    PhaseStarted,
    ResourceSampled,
)

# The generator records a timeout when it is due; what is older and has no record is lost.
LOST_AFTER_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class Sample:
    """Requests of one load in a window.

    Attributes:
        intended_ns: monotonic clock.
        name_id: operation.
        latency_s: of those that ended; the age of those on their way.
        failed: which ended and not OK.
        refused: which of those by an HTTP answer.
        ended: which ended.
    """

    intended_ns: Integers
    name_id: Integers
    latency_s: Floats
    failed: Flags
    refused: Flags
    ended: Flags


class LiveLoad:
    """One load: what it still waits for and what ended lately."""

    def __init__(self, header: LoadHeader, schedule: Rows) -> None:
        self.header = header
        self.finished = False
        self._schedule = schedule
        self._waiting = np.ones(len(schedule), dtype=np.bool_)
        self._recent: Rows = np.empty(0, dtype=RECORD)

    def take(self, schedule: Rows, records: Rows, keep_after_ns: int) -> None:
        """Add new records and forget those that ended before ``keep_after_ns``.

        Args:
            schedule: the one known already, grown at its end where users decide as they go.
            records: those since the last call.
            keep_after_ns: monotonic clock.
        """
        grown = np.ones(len(schedule) - len(self._schedule), dtype=np.bool_)
        self._waiting = np.concatenate([self._waiting, grown])
        self._schedule = schedule
        self._waiting[np.isin(self._schedule["seq"], records["seq"])] = False
        joined = np.concatenate([self._recent, records])
        self._recent = joined[joined["done_ns"] >= keep_after_ns]

    def sample(self, after_ns: int, now_ns: int) -> Sample:
        """Requests that ended after ``after_ns`` and those on their way now."""
        ended = self._recent[self._recent["done_ns"] >= after_ns]
        waiting = self._schedule[self._waiting & self._on_its_way(now_ns)]
        intended_ns = np.concatenate([ended["intended_ns"], waiting["intended_ns"]])
        until_ns = np.concatenate([ended["done_ns"], np.full(len(waiting), now_ns)])
        is_ended = np.arange(len(intended_ns)) < len(ended)
        outcome = np.zeros(len(intended_ns), dtype=np.uint8)
        outcome[: len(ended)] = ended["outcome"]
        return Sample(
            intended_ns=intended_ns,
            name_id=np.concatenate([ended["name_id"], waiting["name_id"]]),
            latency_s=np.maximum((until_ns - intended_ns) / 1e9, 0.0),
            failed=outcome != int(Outcome.OK),
            refused=outcome == int(Outcome.HTTP_ERROR),
            ended=is_ended,
        )

    def _on_its_way(self, now_ns: int) -> npt.NDArray[np.bool_]:
        if self.finished:
            return np.zeros(len(self._schedule), dtype=np.bool_)
        age_ns = now_ns - self._schedule["intended_ns"]
        lost_ns = (self.header.timeout_s + LOST_AFTER_TIMEOUT_S) * 1e9
        return np.asarray((age_ns >= 0) & (age_ns <= lost_ns))


class LiveRun:
    """What is going on now, fed with new events and records.

    Args:
        window_s_max: nothing older is asked for.
    """

    def __init__(self, window_s_max: float) -> None:
        self.loads: dict[str, LiveLoad] = {}
        self._window_ns = round(window_s_max * 1e9)
        self._since_ns: dict[str, int] = {}
        self._of_loads: dict[str, str] = {}  # load to the phase that is only its own
        self._resources: list[Event[ResourceSampled]] = []

    def take(self, events: Iterable[AnyEvent], loads: Iterable[LoadRecords], now_ns: int) -> None:
        """Add what is new and forget what is too old."""
        keep_after_ns = now_ns - self._window_ns
        for each in loads:
            name = each.header.load
            load = self.loads.setdefault(name, LiveLoad(each.header, each.schedule))
            load.take(each.schedule, each.records, keep_after_ns)
        new = Events(events)
        for event in new:
            self._take_event(event)
        self._resources += new.of(ResourceSampled)
        self._resources = [each for each in self._resources if each.mono_ns >= keep_after_ns]

    def _take_event(self, event: AnyEvent) -> None:
        at_ns = event.mono_ns
        match event.what:
            case PhaseStarted(phase=phase):
                self._since_ns[phase] = at_ns
            case PhaseFinished(phase=phase):
                self._since_ns.pop(phase, None)
            case FaultArmed(label=label):
                self._since_ns[FAULT_PREFIX + label] = at_ns
            case FaultHealed(label=label):
                self._since_ns.pop(FAULT_PREFIX + label, None)
            case LoadStarted(load=load, phase=phase) if phase not in self._since_ns:
                self._since_ns[phase] = at_ns
                self._of_loads[load] = phase
            case LoadFinished(load=load):
                self._since_ns.pop(self._of_loads.pop(load, ""), None)
                if load in self.loads:
                    self.loads[load].finished = True

    def active(self) -> dict[str, int]:
        """Phases and armed faults (``fault:LABEL``) of now, and since when, monotonic ns."""
        return dict(self._since_ns)

    def samples(self, phase: str, after_ns: int, now_ns: int) -> Iterator[tuple[LiveLoad, Sample]]:
        """The requests of a phase or, of any load, those intended since a fault was armed."""
        for load in self.loads.values():
            if phase.startswith(FAULT_PREFIX) or load.header.phase == phase:
                yield load, load.sample(after_ns, now_ns)

    def resources(self, after_ns: int) -> list[Event[ResourceSampled]]:
        """Resource samples after a time."""
        return [each for each in self._resources if each.mono_ns >= after_ns]
