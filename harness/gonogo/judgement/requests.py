"""Requests as they are judged: the schedule joined with the records.

Latency is the time from the *intended* start to the end. So a server that makes the generator wait
cannot hide the wait. Every request that was due is here, with or without a record:

=====================  =========  ==========================================================
what is known          column     latency
=====================  =========  ==========================================================
ended OK               (neither)  measured
ended otherwise        failed     ``shown_s``: at least the client's timeout
in flight at the end   failed     as above; ``unknown`` when the load was cut short before
                                  the client's timeout: it might have ended OK
no record at all       unknown    ``least_s``: its age, when the generator was killed
=====================  =========  ==========================================================

A failed request is worse than every success, whatever its latency: a refused connection that
is answered in 1 ms must not make a percentile look good. So failures sort last, and when an end of
an interval falls on a failure, it lies beyond every limit. For display and for means the latency of
a failure is max(its age, the client's timeout, the slowest success).

Inside a fault window the question is another: how long until the system answers at all.
There ``http_errors_as_answers`` counts an HTTP error with its latency. That it is an error is for
other metrics to say.

An unknown request counts as failed when a PASS is decided, and as a success of ``least_s`` when a
FAIL is: missing evidence neither gives a GO nor proves a failure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from gonogo.judgement.load_view import Load
from gonogo.vocabulary import Outcome

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests in columns, one entry each, all of one length.

    Attributes:
        names: operation names; ``name_id`` indexes them.
        name_id: operation.
        load_id: index of the load in the run view.
        intended_ns: monotonic clock.
        least_s: smallest latency the evidence allows.
        shown_s: latency for display and means; see the module.
        failed: which did certainly not end OK.
        unknown: which have no known end.
        http_error: failed with an HTTP answer, whose latency is measured.
    """

    names: tuple[str, ...]
    name_id: Integers
    load_id: Integers
    intended_ns: Integers
    least_s: Floats
    shown_s: Floats
    failed: Flags
    unknown: Flags
    http_error: Flags

    def __len__(self) -> int:
        return len(self.intended_ns)

    @property
    def succeeded(self) -> Flags:
        """Which ended OK."""
        return np.asarray(~self.failed & ~self.unknown)

    def http_errors_as_answers(self) -> Self:
        """The same requests with each HTTP error as an answer; its latency is the measured one."""
        return replace(
            self,
            failed=self.failed & ~self.http_error,
            shown_s=np.where(self.http_error, self.least_s, self.shown_s),
        )

    def where(self, mask: Flags) -> Self:
        """Those that ``mask`` selects."""
        columns = (getattr(self, column)[mask] for column in _COLUMNS)
        return type(self)(self.names, *columns)

    def named(self, name: str) -> Self:
        """Those of one operation."""
        return self.where(np.asarray(self.name_id == self.names.index(name)))

    @classmethod
    def of(cls, loads: Sequence[Load]) -> Self:
        """The requests of several loads, in order of load and schedule."""
        names = tuple(sorted({name for load in loads for name in load.header.names}))
        parts = [_columns(load, index, names) for index, load in enumerate(loads)]
        joined = (
            np.concatenate([part[column] for part in parts]) if parts else np.empty(0, dtype)
            for column, dtype in _COLUMNS.items()
        )
        return cls(names, *joined)


_COLUMNS = {
    "name_id": np.int64,
    "load_id": np.int64,
    "intended_ns": np.int64,
    "least_s": np.float64,
    "shown_s": np.float64,
    "failed": np.bool_,
    "unknown": np.bool_,
    "http_error": np.bool_,
}


def _columns(
    load: Load, load_id: int, names: tuple[str, ...]
) -> dict[str, npt.NDArray[np.generic]]:
    due = load.due
    intended_ns = load.schedule["intended_ns"][due]
    row = load.record_of[due]
    recorded = row >= 0
    records = load.records[row[recorded]]
    outcome = np.full(len(row), int(Outcome.DROPPED))
    outcome[recorded] = records["outcome"]
    least_s = np.zeros(len(row))
    least_s[recorded] = (records["done_ns"] - records["intended_ns"]) / 1e9
    if not load.finished:
        least_s[~recorded] = (load.alive_ns - intended_ns[~recorded]) / 1e9
    least_s = np.maximum(least_s, 0.0)
    unknown = ~recorded
    if load.stopped_early:
        cut_short = (outcome == int(Outcome.IN_FLIGHT)) & (least_s < load.header.timeout_s)
        unknown = unknown | cut_short
    failed = ~unknown & (outcome != int(Outcome.OK))
    slowest_s = float(np.max(least_s[outcome == int(Outcome.OK)], initial=0.0))
    bad_s = np.maximum(least_s, max(load.header.timeout_s, slowest_s))
    codes = np.array([names.index(name) for name in load.header.names] or [0])
    name_id = np.minimum(load.schedule["name_id"][due], len(codes) - 1)
    return {
        "name_id": codes[name_id],
        "load_id": np.full(len(row), load_id),
        "intended_ns": intended_ns.astype(np.int64),
        "least_s": least_s,
        "shown_s": np.where(failed | unknown, bad_s, least_s),
        "failed": failed,
        "unknown": unknown,
        "http_error": outcome == int(Outcome.HTTP_ERROR),
    }
