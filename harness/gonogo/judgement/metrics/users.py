"""users: users of the closed-model load that were there at once for half of its length.

It is evidence about the generator, not about the system: too few are INCONCLUSIVE, never a FAIL.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from gonogo.judgement.estimate import decide, exactly, undecided
from gonogo.judgement.label_patterns import matching, no_match_reason, subject_of
from gonogo.judgement.metric import AT_LEAST, MetricSpec, SampleSize
from gonogo.judgement.run_view import RunView
from gonogo.judgement.users_at_once import users_at_once
from gonogo.vocabulary import Judgement, Objective, PlannedEvidence, Result


class Users:
    """Users at once."""

    spec: ClassVar = MetricSpec(
        name="users", unit="", comparisons=AT_LEAST, labels=("phase",), required="phase"
    )

    def samples_needed(self, objective: Objective) -> int:
        """As many users as the limit asks for."""
        limit = objective.limit
        return math.floor(limit) + 1 if objective.comparison == ">" else math.ceil(limit)

    def planned(self, objective: Objective, plan: PlannedEvidence) -> Iterator[SampleSize]:
        """Users of each phase that matches."""
        needed = self.samples_needed(objective)
        pattern = objective.labels["phase"]
        found = matching(pattern, plan.users)
        if not found:
            reason = no_match_reason(
                "phase", pattern, sorted(plan.users), "planned phase with users"
            )
            yield SampleSize(objective.text, 0, max(1, needed), reason)
        for phase in found:
            planned = plan.users[phase]
            reason = f"{needed} users are needed to decide it, {planned} are planned"
            yield SampleSize(subject_of(objective, {"phase": phase}), planned, needed, reason)

    def judge(self, objective: Objective, view: RunView) -> Iterator[Judgement]:
        """One judgement for each phase with a closed-model load that matches."""
        closed = [load for load in view.loads if load.closed_model]
        phases = sorted({load.header.phase for load in closed})
        pattern = objective.labels["phase"]
        found = matching(pattern, phases)
        if not found:
            reason = no_match_reason("phase", pattern, phases, "phase with users")
            yield undecided(objective.text, objective, reason)
        for phase in found:
            loads = [load for load in closed if load.header.phase == phase]
            users = max(users_at_once(load) for load in loads)
            requests = sum(len(load.schedule) for load in loads)
            subject = subject_of(objective, {"phase": phase})
            judged = decide(subject, objective, exactly(float(users), requests))
            if judged.result is Result.FAIL:
                reason = f"{judged.reason}; the generator did not start enough users"
                judged = replace(judged, result=Result.INCONCLUSIVE, reason=reason)
            yield judged
