"""One load: its schedule, which rows of it were due, and which record belongs to which row.

The schedule of a closed-model load is what its users began: all of it was due.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from gonogo.observation.records import CLOSED, LoadHeader, LoadRecords, Rows, worker_of
from gonogo.vocabulary import Events
from gonogo.vocabulary.events import LoadFiguresReported, LoadFinished, LoadStarted, LoadWorkerLost


@dataclass(frozen=True)
class Load:
    """A load, from the events and its record files.

    Attributes:
        header: see ``LoadHeader``.
        schedule: rows of dtype ``SCHEDULE``.
        records: rows of dtype ``RECORD``.
        planned: number of requests the generator announced; None when it announced none.
        finished: whether the generator said that it ended.
        stopped_early: whether it ended before its schedule.
        end_ns: no row intended after this was due. Of a load that never finished it is the last
            sign of life: later requests are not missing, because the generator was dead.
        alive_ns: last sign of life of the generator.
        lost: workers of the generator that were lost.
        figures: the load tool's own figures, for the report; nothing is judged by them.
    """

    header: LoadHeader
    schedule: Rows
    records: Rows
    planned: int | None
    finished: bool
    stopped_early: bool
    end_ns: int
    alive_ns: int
    lost: tuple["LostWorker", ...] = ()
    figures: LoadFiguresReported | None = None

    @property
    def closed_model(self) -> bool:
        """Whether its users waited for each answer before they sent the next request."""
        return self.header.model == CLOSED

    @property
    def alive_s(self) -> float:
        """From the first intended start to the last sign of life."""
        return max(0.0, (self.alive_ns - _begin_ns(self.schedule)) / 1e9)

    @cached_property
    def record_of(self) -> npt.NDArray[np.int64]:
        """For each schedule row the index of its first record, -1 where there is none."""
        sequence, first = np.unique(self.records["seq"], return_index=True)
        if not len(sequence):
            return np.full(len(self.schedule), -1)
        place = np.minimum(np.searchsorted(sequence, self.schedule["seq"]), len(sequence) - 1)
        return np.where(sequence[place] == self.schedule["seq"], first[place], -1)

    @cached_property
    def due(self) -> npt.NDArray[np.bool_]:
        """Schedule rows that had to be sent: all, unless the load was cut short."""
        if self.closed_model or (self.finished and not self.stopped_early):
            return np.ones(len(self.schedule), dtype=np.bool_)
        return np.asarray((self.schedule["intended_ns"] <= self.end_ns) | (self.record_of >= 0))

    @cached_property
    def dropped(self) -> npt.NDArray[np.bool_]:
        """Due rows without a record, of a generator that finished."""
        silent = self.due & (self.record_of < 0) & self.finished
        gone = [worker.number for worker in self.lost if worker.number is not None]
        if len(gone) < len(self.lost):  # without its master no worker can finish
            return np.zeros_like(silent)
        return np.asarray(silent & ~np.isin(worker_of(self.schedule["seq"]), gone))


@dataclass(frozen=True, slots=True)
class LostWorker:
    """A process of a generator that ended, or stopped answering, too early.

    Attributes:
        number: which; None is the master.
        why: what is known of it.
        after_s: from the start of the load.
    """

    number: int | None
    why: str
    after_s: float

    @property
    def name(self) -> str:
        """``worker 1``, or ``the master``."""
        return "the master" if self.number is None else f"worker {self.number}"


def loads_of(records: Sequence[LoadRecords], events: Events) -> tuple[Load, ...]:
    """Every load with a readable header, in the order they began."""
    loads = [_load(each, events) for each in records]
    return tuple(sorted(loads, key=lambda load: _begin_ns(load.schedule)))


def _begin_ns(schedule: Rows) -> int:
    return int(np.min(schedule["intended_ns"])) if len(schedule) else 0


def _load(files: LoadRecords, events: Events) -> Load:
    name = files.header.load
    started = next((each for each in events.of(LoadStarted) if each.what.load == name), None)
    ends = (event.what for event in events.of(LoadFinished))
    finished = next((each for each in ends if each.load == name), None)
    figures = (event.what for event in events.of(LoadFiguresReported))
    last_done_ns = int(np.max(files.records["done_ns"], initial=0))
    writer = started.writer if started else None
    last_event_ns = max((each.mono_ns for each in events if each.writer == writer), default=0)
    alive_ns = max(last_done_ns, last_event_ns)
    lost = [each for each in events.of(LoadWorkerLost) if each.what.load == name]
    start_ns = started.what.start_ns if started else _begin_ns(files.schedule)
    return Load(
        header=files.header,
        schedule=files.schedule,
        records=files.records,
        planned=started.what.planned if started else None,
        finished=finished is not None,
        stopped_early=finished is not None and finished.stopped_early,
        end_ns=finished.end_ns if finished else alive_ns,
        alive_ns=alive_ns,
        lost=tuple(
            LostWorker(e.what.worker, e.what.why, (e.mono_ns - start_ns) / 1e9) for e in lost
        ),
        figures=next((each for each in figures if each.load == name), None),
    )
