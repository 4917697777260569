"""Recovery: how long after the heal of a fault the system serves as well as before.

Seen through the background load, by the intended times of its requests. The system has
recovered at the first moment, the heal itself or an arrival, from which every one of three
1 s buckets has requests, no failure, and a median latency of at most
max(3 x steady median, 50 ms). Observed is the time from the heal to that moment; the interval
reaches down to the last arrival before it, for the truth lies between the two.

The watch ends where the next fault is meant or the load ends. What is still bad then is a
FAIL only when the watch lasted as long as the limit allows for recovery; otherwise there was
too little load after the heal to tell.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from harness.judgement._estimate import Estimate, decide, quantity, undecided
from harness.judgement._fault_window import FaultWindow
from harness.judgement._phase_names import STEADY_PHASE
from harness.judgement._requests import Flags, Floats
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

    def is_good(self, start_s: float, end_s: float, median_s_max: float) -> bool:
        """Whether a bucket has requests, none failed, and they were fast."""
        first, last = np.searchsorted(self.at_s, (start_s, end_s))
        if first == last or self.bad[first:last].any():
            return False
        return float(np.median(self.latency_s[first:last])) <= median_s_max

    def recovery_s(self, median_s_max: float) -> float | None:
        """Start of the first sustained good period; None when there is none."""
        for start_s in self._candidates():
            edges = [start_s + BUCKET_S * i for i in range(BUCKETS + 1)]
            if edges[-1] > self.lasted_s:
                return None
            pairs = zip(edges, edges[1:], strict=False)
            if all(self.is_good(start, end, median_s_max) for start, end in pairs):
                return start_s
        return None

    def good_at_the_end_s(self, median_s_max: float) -> float:
        """Since when all was good at the end of the watch, too short to count as sustained."""
        for start_s in self._candidates():
            if start_s + BUCKETS * BUCKET_S <= self.lasted_s:
                continue
            edges = [*np.arange(start_s, self.lasted_s, BUCKET_S), self.lasted_s]
            pairs = zip(edges, edges[1:], strict=False)
            if all(self.is_good(start, end, median_s_max) for start, end in pairs):
                return start_s
        return self.lasted_s

    def last_arrival_before_s(self, at_s: float) -> float:
        """The arrival before a moment; the heal when there is none."""
        earlier = self.at_s[self.at_s < at_s]
        return float(earlier[-1]) if len(earlier) else 0.0

    def _candidates(self) -> Floats:
        # No sustained period holds a failure, so none starts at or before one that follows it
        # closely; those candidates fail at once in is_good.
        return np.concatenate([[0.0], self.at_s[~self.bad]])


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
    recovered_s = watch.recovery_s(median_s_max)
    n = len(watch.at_s)
    if recovered_s is not None:
        before_s = watch.last_arrival_before_s(recovered_s)
        return decide(text, objective, Estimate(n, recovered_s, before_s, recovered_s))
    not_before_s = watch.good_at_the_end_s(median_s_max)
    judged = decide(text, objective, Estimate(n, not_before_s, not_before_s, None))
    if n and judged.result is Result.FAIL:
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


def _last_due_ns(intended_ns: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> int:
    return int(np.max(intended_ns, initial=0))
