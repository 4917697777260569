"""One load of a synthetic run: schedule and records, changeable until they are written."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gonogo.observation.records import RECORD, SCHEDULE, LoadHeader
from gonogo.vocabulary import Outcome

START_NS = 1_000_000_000_000


def ns(at_s: float) -> int:
    """Monotonic nanoseconds of a time after the start of the run."""
    return START_NS + round(at_s * 1e9)


@dataclass
class SyntheticLoad:
    """One load, changeable until it is written.

    Attributes:
        header: see ``LoadHeader``.
        schedule: dtype ``SCHEDULE``.
        records: dtype ``RECORD``; set its columns, or drop rows, to spoil it.
    """

    header: LoadHeader
    schedule: npt.NDArray[np.void]
    records: npt.NDArray[np.void]

    def fail(self, rows: Any, outcome: Outcome = Outcome.HTTP_ERROR, status: int = 500) -> None:
        """Let the records selected by ``rows`` (index, slice or mask) end as ``outcome``."""
        self.records["outcome"][rows] = int(outcome)
        self.records["status"][rows] = status

    def slow(self, rows: Any, latency_ms: float) -> None:
        """Let the records selected by ``rows`` end ``latency_ms`` after their intended time."""
        self.records["done_ns"][rows] = self.records["intended_ns"][rows] + round(latency_ms * 1e6)

    def drop(self, rows: Any) -> None:
        """Remove the records selected by ``rows``, which stay in the schedule."""
        self.records = np.delete(self.records, rows)

    def window(self, start_s: float, end_s: float) -> npt.NDArray[np.bool_]:
        """Mask of the records with an intended time in ``[start_s, end_s)``."""
        intended = self.records["intended_ns"]
        return np.asarray((intended >= ns(start_s)) & (intended < ns(end_s)))


def make_load(
    header: LoadHeader, start_s: float, count: int, latency_ms: npt.NDArray[np.float64]
) -> SyntheticLoad:
    """An evenly spaced load; operations take turns; every request OK, sent 1 ms late."""
    seq = np.arange(count)
    intended = ns(start_s) + np.round(seq * (1e9 / header.rate_per_s)).astype(np.int64)
    schedule = np.zeros(count, dtype=SCHEDULE)
    schedule["intended_ns"] = intended
    schedule["name_id"] = seq % len(header.names)
    schedule["seq"] = seq
    records = np.zeros(count, dtype=RECORD)
    for column in ("intended_ns", "name_id", "seq"):
        records[column] = schedule[column]
    records["sent_ns"] = intended + 1_000_000
    records["done_ns"] = intended + np.round(latency_ms * 1e6).astype(np.int64)
    records["status"] = 200
    return SyntheticLoad(header, schedule, records)
