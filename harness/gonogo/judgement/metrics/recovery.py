"""recovery: time from the healing of a fault until the system serves as well as before.

It is seen through the background load, by the intended times of its requests. The system has
recovered at the first moment, the heal itself or an arrival, from which each of three 1 s buckets
has requests, no failure, and a median latency of at most max(3 x steady median, 50 ms). The
observed value is the time from the heal to that moment.

The interval begins at the first moment after which three seconds show nothing bad. For this, a
second without a request, or after the end of the load, counts as good. Before that moment the
system had not recovered. The interval has no upper end when no good period was seen.

The system is watched until the next fault or the end of the load. When it is still bad then, and
was watched for longer than the limit, it is a FAIL: never recovered; the time shown is a lower
bound and not a measurement. When it was watched for a shorter time, there was too little load after
the heal to decide.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from gonogo.judgement.estimate import Estimate, decide, quantity, undecided
from gonogo.judgement.fault_window import FaultWindow
from gonogo.judgement.label_patterns import matching, no_match_reason
from gonogo.judgement.metric import AT_MOST, MetricSpec, SampleSize
from gonogo.judgement.recovery_period import (
    BUCKET_S,
    BUCKETS,
    RecoveryPeriod,
    good_median_s_max,
    recovery_period,
)
from gonogo.judgement.run_view import RunView
from gonogo.vocabulary import (
    LOAD_PHASE,
    Judgement,
    Objective,
    PlannedEvidence,
    Result,
    fault_label,
    is_fault_phase,
)


class Recovery:
    """Recovery time in seconds."""

    spec: ClassVar = MetricSpec(
        name="recovery", unit="s", comparisons=AT_MOST, labels=("fault", "name")
    )

    def samples_needed(self, objective: Objective) -> int:
        """One request after the heal."""
        return 1

    def planned(self, objective: Objective, plan: PlannedEvidence) -> Iterator[SampleSize]:
        """Requests of the background load of all planned faults."""
        background = {key: n for key, n in plan.requests.items() if is_fault_phase(key[0])}
        labels = sorted({fault_label(phase) for phase, _ in background})
        pattern = objective.labels.get("fault", "*")
        planned = sum(background.values())
        reason = "no load is planned while faults are injected, to see the recovery by"
        if not matching(pattern, labels):
            planned, reason = 0, no_match_reason("fault", pattern, labels, "planned fault")
        elif planned and not any(phase == LOAD_PHASE for phase, _ in plan.requests):
            planned, reason = 0, "no steady load is planned, to compare the recovery with"
        yield SampleSize(objective.text, planned, 1, reason)

    def judge(self, objective: Objective, view: RunView) -> Iterator[Judgement]:
        """One judgement for every fault that matches."""
        labels = sorted({fault.label for fault in view.faults})
        pattern = objective.labels.get("fault", "*")
        found = matching(pattern, labels)
        if not found:
            reason = no_match_reason("fault", pattern, labels, "fault")
            yield undecided(objective.text, objective, reason)
        repeated = {label for label in labels if sum(f.label == label for f in view.faults) > 1}
        for fault in view.faults:
            if fault.label in found:
                name = fault.id if fault.label in repeated else fault.label
                literal = pattern == fault.label and fault.label not in repeated
                subject = objective.text if literal else f"{objective.text} [fault={name}]"
                yield _judge(subject, view, objective, fault)


def _judge(subject: str, view: RunView, objective: Objective, fault: FaultWindow) -> Judgement:
    if fault.healed_ns is None:
        return undecided(subject, objective, f"fault {fault.label} was never healed")
    name = objective.labels.get("name", "*")
    if not matching(name, view.requests.names):
        reason = no_match_reason("name", name, view.requests.names, "operation")
        return undecided(subject, objective, reason)
    good_s_max = good_median_s_max(view, name)
    if good_s_max is None:
        return undecided(subject, objective, "no steady load to compare the recovery with")
    period = recovery_period(view, fault, good_s_max, name)
    not_before_s = period.not_recovered_before_s(good_s_max)
    recovered_s = period.recovered_after_s(good_s_max)
    n = len(period.at_s)
    observed_s = not_before_s if recovered_s is None else recovered_s
    estimate = Estimate(n, observed_s, not_before_s, recovered_s, sampled=False)
    judged = decide(subject, objective, estimate)
    if recovered_s is not None:
        return judged
    return _never_recovered(judged, objective, period)


def _never_recovered(judged: Judgement, objective: Objective, period: RecoveryPeriod) -> Judgement:
    watched = quantity(period.lasted_s, "s")
    n = len(period.at_s)
    if judged.result is Result.FAIL:
        reason = (
            f"never recovered: no {BUCKETS * BUCKET_S:g} good seconds in the {watched} that were "
            f"watched after the heal ({n} requests); the time shown is the least it can be"
        )
        return replace(judged, reason=reason)
    return undecided(
        judged.subject,
        objective,
        f"no good period was seen, but the load was watched for only {watched} after "
        f"the heal ({n} requests): too little to tell; keep it up for "
        f"{quantity(objective.limit + BUCKETS * BUCKET_S, 's')}",
        n,
    )
