"""The run view: a run directory, read once for everything that judges it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from gonogo.judgement.fault_window import FaultWindow, fault_windows
from gonogo.judgement.load_view import Load, loads_of
from gonogo.judgement.requests import Flags, Requests
from gonogo.observation import BadLine, read_event_lines, read_plan, unclosed_writers
from gonogo.observation.records import read_records
from gonogo.vocabulary import Events, Plan, UsageError, fault_phase, is_fault_phase
from gonogo.vocabulary.events import PhaseFinished, PhaseStarted, WriterOpened


@dataclass(frozen=True, slots=True)
class Window:
    """A time span on the monotonic clock, both ends included."""

    start_ns: int
    end_ns: int

    def covers(self, at_ns: int) -> bool:
        """Whether a time lies in it."""
        return self.start_ns <= at_ns <= self.end_ns


@dataclass(frozen=True, slots=True)
class RunView:
    """What is known of a run; judging is a function of this and nothing else.

    Attributes:
        plan: what was planned.
        events: what happened, in order of time.
        loads: in the order they began.
        requests: of all loads; ``load_id`` indexes ``loads``.
        phases: from start to finish, or to the end of the run, by name.
        faults: one window for each injection.
        killed: writers that never closed, or left an empty file.
        bad_lines: lines of event files that are not events.
    """

    plan: Plan
    events: Events
    loads: tuple[Load, ...]
    requests: Requests
    phases: dict[str, Window]
    faults: tuple[FaultWindow, ...]
    killed: tuple[str, ...]
    bad_lines: tuple[BadLine, ...]

    @classmethod
    def load(cls, run_dir: Path) -> Self:
        """Read a run directory, finished, killed or still running.

        Raises:
            UsageError: not a run directory, or a file in it was damaged by other means than a
                kill of its writer.
            NothingRan: the run ended before it had a plan.
        """
        try:
            plan = read_plan(run_dir)
            events, bad_lines = read_event_lines(run_dir)
            loads = loads_of(read_records(run_dir), events)
            faults = fault_windows(events)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"this run directory is damaged: {error!r}",
                where=str(run_dir),
                hint="files of a run are only ever appended to; run again",
            ) from error
        files = {path.stem for path in (run_dir / "events").glob("*.ndjson")}
        opened = {event.writer for event in events.of(WriterOpened)}
        return cls(
            plan=plan,
            events=events,
            loads=loads,
            requests=Requests.of(loads),
            phases=_phases(events),
            faults=faults,
            killed=tuple(sorted({*unclosed_writers(events), *(files - opened)})),
            bad_lines=tuple(bad_lines),
        )

    @property
    def request_phases(self) -> list[str]:
        """Values of ``phase=`` that select requests, sorted."""
        return sorted({*(load.header.phase for load in self.loads), *self._fault_phases()})

    @property
    def time_phases(self) -> list[str]:
        """Values of ``phase=`` that select a time, sorted."""
        return sorted({*self.phases, *self._fault_phases()})

    def _fault_phases(self) -> set[str]:
        return {fault_phase(fault.label) for fault in self.faults}

    def windows(self, phase: str) -> Sequence[Window]:
        """The times that a value of ``phase=`` selects."""
        if is_fault_phase(phase):
            armed = [fault.armed_span for fault in self._labelled(phase)]
            return [Window(*each) for each in armed if each is not None]
        return [self.phases[phase]] if phase in self.phases else []

    def requests_in(self, phase: str) -> Requests:
        """The requests that a value of ``phase=`` selects.

        Of a phase: those of its loads. Of a fault: those *intended* while it was armed.
        """
        return self.requests.where(self._selected(phase))

    def _selected(self, phase: str) -> Flags:
        requests = self.requests
        if not is_fault_phase(phase):
            mine = [i for i, load in enumerate(self.loads) if load.header.phase == phase]
            return np.isin(requests.load_id, mine)
        selected = np.zeros(len(requests), dtype=np.bool_)
        for window in self.windows(phase):
            after = requests.intended_ns >= window.start_ns
            selected |= after & (requests.intended_ns <= window.end_ns)
        return selected

    def _labelled(self, phase: str) -> list[FaultWindow]:
        return [fault for fault in self.faults if fault_phase(fault.label) == phase]


def _phases(events: Events) -> dict[str, Window]:
    end_ns = max((event.mono_ns for event in events), default=0)
    phases: dict[str, Window] = {}
    for event in events:
        match event.what:
            case PhaseStarted(phase=name):
                phases[name] = Window(event.mono_ns, end_ns)
            case PhaseFinished(phase=name) if name in phases:
                phases[name] = Window(phases[name].start_ns, event.mono_ns)
    return phases
