"""Recovery: how long after the heal of a fault the system serves as well as before.

Seen through the background load, by the intended times of its requests. The system has
recovered at the first moment, the heal itself or an arrival, from which every one of three
1 s buckets has requests, no failure, and a median latency of at most
max(3 x steady median, 50 ms). Observed is the time from the heal to that moment.

The interval begins at the first moment after which three seconds show nothing bad, empty or
beyond the watch as they may be: the system was not well before that. It has no upper end when
no good period was seen. The watch ends where the next fault is meant or the load ends. So
what is still bad then is a FAIL when the watch was longer than the limit: never recovered, whose
time is a lower bound and not a measurement. Otherwise there was too little load after the heal
to tell.
"""

from collections.abc import Iterator
from dataclasses import replace

from gonogo.judgement.estimate import Estimate, decide, quantity, undecided
from gonogo.judgement.fault_window import FaultWindow
from gonogo.judgement.recovery_watch import BUCKET_S, BUCKETS, median_s_max, watch_of
from gonogo.judgement.run_view import RunView
from gonogo.judgement.select import matches, no_match
from gonogo.vocabulary import Judgement, Objective, Result


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
    name = objective.labels.get("name", "*")
    if not matches(name, view.requests.names):
        reason = no_match("name", name, view.requests.names, "operation")
        return undecided(text, objective, reason)
    good_s_max = median_s_max(view, name)
    if good_s_max is None:
        return undecided(text, objective, "no steady load to compare the recovery with")
    watch = watch_of(view, fault, good_s_max, name)
    not_before_s = watch.last_bad_s(good_s_max)
    recovered_s = watch.first_good_s(good_s_max)
    n = len(watch.at_s)
    observed_s = not_before_s if recovered_s is None else recovered_s
    estimate = Estimate(n, observed_s, not_before_s, recovered_s, sampled=False)
    judged = decide(text, objective, estimate)
    watched = quantity(watch.lasted_s, "s")
    if recovered_s is not None:
        return judged
    if judged.result is Result.FAIL:
        reason = (
            f"never recovered: no {BUCKETS * BUCKET_S:g} good seconds in the {watched} that were "
            f"watched after the heal ({n} requests); the time shown is the least it can be"
        )
        return replace(judged, reason=reason)
    return undecided(
        text,
        objective,
        f"no sustained good period was seen, but the load was watched for only {watched} after "
        f"the heal ({n} requests): too little to tell; keep it up for "
        f"{quantity(objective.limit + BUCKETS * BUCKET_S, 's')}",
        n,
    )
