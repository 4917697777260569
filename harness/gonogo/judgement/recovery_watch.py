"""The watch after a heal: the background load as it shows whether the system serves again."""

from dataclasses import dataclass

import numpy as np

from gonogo.judgement.fault_window import FaultWindow
from gonogo.judgement.phase_names import STEADY_PHASE
from gonogo.judgement.requests import Flags, Floats, Integers, Requests
from gonogo.judgement.run_view import RunView
from gonogo.judgement.select import matches

BUCKET_S = 1.0
BUCKETS = 3
MEDIAN_FACTOR = 3.0
# A median of 2 ms that becomes 7 ms is noise, not an outage.
MEDIAN_S_MIN = 0.05


@dataclass(frozen=True, slots=True)
class Watch:
    """The background load after one heal.

    Attributes:
        at_s: intended times after the heal, ascending.
        latency_s: of each.
        bad: which failed.
        lasted_s: how long the watch was.
    """

    at_s: Floats
    latency_s: Floats
    bad: Flags
    lasted_s: float

    def first_good_s(self, median_s_max: float) -> float | None:
        """Start of the first period that is seen to be good; None when there is none."""
        for start_s in (0.0, *self.at_s.tolist()):
            if start_s + BUCKETS * BUCKET_S > self.lasted_s:
                return None
            if self._is_good(start_s, median_s_max, empty_is_good=False):
                return float(start_s)
        return None

    def last_bad_s(self, median_s_max: float) -> float:
        """Start of the first period that is not seen to be bad: there was no recovery before."""
        just_after_s = np.nextafter(self.at_s, np.inf)
        starts_s = np.sort(np.concatenate([[0.0], self.at_s, just_after_s]))
        good = (s for s in starts_s if self._is_good(s, median_s_max, empty_is_good=True))
        return float(next(good))  # the moment after the last arrival shows nothing bad

    def _is_good(self, start_s: float, median_s_max: float, *, empty_is_good: bool) -> bool:
        for number in range(BUCKETS):
            edges = (start_s + BUCKET_S * number, start_s + BUCKET_S * (number + 1))
            first, last = np.searchsorted(self.at_s, edges)
            if first == last and not empty_is_good:
                return False
            if first < last and self._is_bad(slice(first, last), median_s_max):
                return False
        return True

    def _is_bad(self, rows: slice, median_s_max: float) -> bool:
        return bool(self.bad[rows].any() or np.median(self.latency_s[rows]) > median_s_max)


def median_s_max(view: RunView, name: str = "*") -> float | None:
    """The slowest median that is as good as before; None without a steady load to tell.

    Args:
        view: the run.
        name: pattern of the operations that count.
    """
    steady = _of_operations(view.requests_in(STEADY_PHASE), name)
    if not steady.succeeded.any():
        return None
    return max(MEDIAN_FACTOR * float(np.median(steady.least_s[steady.succeeded])), MEDIAN_S_MIN)


def watch_of(view: RunView, fault: FaultWindow, good_s_max: float, name: str = "*") -> Watch:
    """The watch after the heal of a fault, up to the next fault or the end of the load.

    Args:
        view: the run.
        fault: one that was healed.
        good_s_max: the slowest median that is as good as before.
        name: pattern of the operations that count.
    """
    healed_ns = fault.end_ns if fault.healed_ns is None else fault.healed_ns
    loads = [load for load in view.loads if load.end_ns > healed_ns]
    ends_ns = [min(load.end_ns, _last_due_ns(load.schedule["intended_ns"])) for load in loads]
    intents_ns = [each.intent_ns for each in view.faults if each.intent_ns > healed_ns]
    end_ns = max(healed_ns, min([max(ends_ns, default=healed_ns), *intents_ns]))
    requests = _of_operations(view.requests, name)
    chosen = (requests.intended_ns >= healed_ns) & (requests.intended_ns < end_ns)
    # One that may have been about to end well says nothing, unless it was late already.
    chosen &= ~requests.unknown | (requests.least_s > good_s_max)
    after = requests.where(chosen)
    order = np.argsort(after.intended_ns, kind="stable")
    return Watch(
        at_s=((after.intended_ns - healed_ns) / 1e9)[order],
        latency_s=after.least_s[order],
        bad=(after.failed | after.unknown)[order],
        lasted_s=(end_ns - healed_ns) / 1e9,
    )


def _of_operations(requests: Requests, pattern: str) -> Requests:
    chosen = [requests.names.index(each) for each in matches(pattern, requests.names)]
    return requests.where(np.isin(requests.name_id, chosen))


def _last_due_ns(intended_ns: Integers) -> int:
    return int(np.max(intended_ns, initial=0))
