"""The recovery period: the background load after a heal, up to the next fault or its own end."""

from dataclasses import dataclass

import numpy as np

from gonogo.judgement.fault_window import FaultWindow
from gonogo.judgement.label_patterns import matching
from gonogo.judgement.requests import Flags, Floats, Integers, Requests
from gonogo.judgement.run_view import RunView
from gonogo.vocabulary import LOAD_PHASE

BUCKET_S = 1.0
BUCKETS = 3
MEDIAN_FACTOR = 3.0
# A median of 2 ms that becomes 7 ms is noise, not an outage.
MEDIAN_S_MIN = 0.05


@dataclass(frozen=True, slots=True)
class RecoveryPeriod:
    """The background load after one heal.

    Attributes:
        at_s: intended times after the heal, ascending.
        latency_s: of each.
        bad: which failed.
        lasted_s: how long the period was.
    """

    at_s: Floats
    latency_s: Floats
    bad: Flags
    lasted_s: float

    def recovered_after_s(self, median_s_max: float) -> float | None:
        """Start of the first three seconds that are seen to be good; None when there are none."""
        for start_s in (0.0, *self.at_s.tolist()):
            if start_s + BUCKETS * BUCKET_S > self.lasted_s:
                return None
            if self._is_good(start_s, median_s_max, empty_is_good=False):
                return float(start_s)
        return None

    def not_recovered_before_s(self, median_s_max: float) -> float:
        """Start of the first three seconds that are not seen to be bad."""
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


def good_median_s_max(view: RunView, name: str = "*") -> float | None:
    """The slowest median that is as good as before; None without a steady load to tell.

    Args:
        view: the run.
        name: pattern of the operations that count.
    """
    steady = _of_operations(view.requests_in(LOAD_PHASE), name)
    if not steady.succeeded.any():
        return None
    return max(MEDIAN_FACTOR * float(np.median(steady.least_s[steady.succeeded])), MEDIAN_S_MIN)


def recovery_period(
    view: RunView, fault: FaultWindow, good_s_max: float, name: str = "*"
) -> RecoveryPeriod:
    """The recovery period of a fault.

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
    # A request without a known end is no evidence, unless it was late already.
    chosen &= ~requests.unknown | (requests.least_s > good_s_max)
    after = requests.where(chosen)
    order = np.argsort(after.intended_ns, kind="stable")
    return RecoveryPeriod(
        at_s=((after.intended_ns - healed_ns) / 1e9)[order],
        latency_s=after.least_s[order],
        bad=(after.failed | after.unknown)[order],
        lasted_s=(end_ns - healed_ns) / 1e9,
    )


def _of_operations(requests: Requests, pattern: str) -> Requests:
    chosen = [requests.names.index(each) for each in matching(pattern, requests.names)]
    return requests.where(np.isin(requests.name_id, chosen))


def _last_due_ns(intended_ns: Integers) -> int:
    return int(np.max(intended_ns, initial=0))
