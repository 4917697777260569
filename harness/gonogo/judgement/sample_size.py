"""Sample size: an objective that the planned run cannot decide is refused before the run."""

from collections.abc import Iterable

from gonogo.judgement.metric import SampleSize
from gonogo.judgement.metrics import METRICS
from gonogo.vocabulary import Objective, PlannedEvidence


def samples_needed(objective: Objective) -> int:
    """Fewest samples that can end in PASS when nothing goes wrong."""
    return METRICS[objective.metric].samples_needed(objective)


def undecidable(objectives: Iterable[Objective], plan: PlannedEvidence) -> list[SampleSize]:
    """The objectives that the plan cannot decide, in their order, a wildcard once per match."""
    planned = (
        each
        for objective in objectives
        for each in METRICS[objective.metric].planned(objective, plan)
    )
    return [each for each in planned if not each.enough]
