"""Recovery: how long after the heal of a fault the system serves as well as before.

Seen through the background load, by the intended times of its requests. The system has
recovered at the first moment, the heal itself or an arrival, from which every one of three
1 s buckets has requests, no failure, and a median latency of at most
max(3 x steady median, 50 ms). Observed is the time from the heal to that moment.

The interval begins at the first moment after which three seconds show nothing bad, empty or
beyond the watch as they may be: the system was not well before that. It has no upper end when
no good period was seen. The watch ends where the next fault is meant or the load ends. So
what is still bad then is a FAIL when the watch was longer than the limit, and otherwise there
was too little load after the heal to tell.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from harness.judgement._estimate import Estimate, decide, quantity, undecided
from harness.judgement._fault_window import FaultWindow
from harness.judgement._phase_names import STEADY_PHASE
from harness.judgement._requests import Flags, Floats, Integers
from harness.judgement._run_view import RunView
from harness.judgement._select import matches, no_match
from harness.vocabulary import Judgement, Objective, Result

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


def judge_recovery(view: RunView, objective: Objective) -> Iterator[Judgement]:
    """One judgement for every fault that matches."""
    labels = sorted({fault.label for fault in view.faults})
    pattern = objective.labels.get("fault", "*")
    found = matches(pattern, labels)
    if not found:
        reason = no_match("fault", pattern, labels, "fault")
        yield undecided(objective.text, objective, reason)
    several = {label for label in labels if sum(f.label == label for f in view.faults) > 1}
    for fault in view.faults:
        if fault.label in found:
            name = fault.id if fault.label in several else fault.label
            literal = pattern == fault.label and fault.label not in several
            text = objective.text if literal else f"{objective.text} [fault={name}]"
            yield _judge(text, view, objective, fault)


def _judge(text: str, view: RunView, objective: Objective, fault: FaultWindow) -> Judgement:
    if fault.healed_ns is None:
        return undecided(text, objective, f"fault {fault.label} was never healed")
    steady = view.requests_in(STEADY_PHASE)
    if not steady.succeeded.any():
        return undecided(text, objective, "no steady load to compare the recovery with")
    median_s = float(np.median(steady.least_s[steady.succeeded]))
    median_s_max = max(MEDIAN_FACTOR * median_s, MEDIAN_S_MIN)
    watch = _watch(view, fault.healed_ns, median_s_max)
    not_before_s = watch.last_bad_s(median_s_max)
    recovered_s = watch.first_good_s(median_s_max)
    n = len(watch.at_s)
    observed_s = not_before_s if recovered_s is None else recovered_s
    estimate = Estimate(n, observed_s, not_before_s, recovered_s, sampled=False)
    judged = decide(text, objective, estimate)
    if judged.result is Result.FAIL or recovered_s is not None:
        return judged
    watched = quantity(watch.lasted_s, "s")
    return undecided(
        text,
        objective,
        f"no sustained good period was seen, but the load was watched for only {watched} after "
        f"the heal ({n} requests): too little to tell; keep it up for "
        f"{quantity(objective.limit + BUCKETS * BUCKET_S, 's')}",
        n,
    )


def _watch(view: RunView, healed_ns: int, median_s_max: float) -> Watch:
    loads = [load for load in view.loads if load.end_ns > healed_ns]
    ends_ns = [min(load.end_ns, _last_due_ns(load.schedule["intended_ns"])) for load in loads]
    intents_ns = [fault.intent_ns for fault in view.faults if fault.intent_ns > healed_ns]
    end_ns = max(healed_ns, min([max(ends_ns, default=healed_ns), *intents_ns]))
    requests = view.requests
    chosen = (requests.intended_ns >= healed_ns) & (requests.intended_ns < end_ns)
    # One that may have been about to end well says nothing, unless it was late already.
    chosen &= ~requests.unknown | (requests.least_s > median_s_max)
    after = requests.where(chosen)
    order = np.argsort(after.intended_ns, kind="stable")
    return Watch(
        at_s=((after.intended_ns - healed_ns) / 1e9)[order],
        latency_s=after.least_s[order],
        bad=(after.failed | after.unknown)[order],
        lasted_s=(end_ns - healed_ns) / 1e9,
    )


def _last_due_ns(intended_ns: Integers) -> int:
    return int(np.max(intended_ns, initial=0))
