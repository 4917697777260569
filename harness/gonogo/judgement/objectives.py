"""Objectives judged: each line by its metric."""

from collections.abc import Iterator

from gonogo.judgement.grammar import parse_objective
from gonogo.judgement.metrics import METRICS
from gonogo.judgement.run_view import RunView
from gonogo.vocabulary import CONTRACT_PHASE, Finding, Judgement, Objective, Result


def judge_objective(view: RunView, objective: Objective) -> list[Judgement]:
    """Judge one objective; a wildcard once per match, and no match is INCONCLUSIVE."""
    return list(METRICS[objective.metric].judge(objective, view))


def judge_objectives(view: RunView) -> list[Judgement]:
    """Every objective of the plan, in its order.

    Raises:
        UsageError: the plan holds a line that is no objective.
    """
    objectives = [parse_objective(text) for text in view.plan.objectives]
    return [each for objective in objectives for each in judge_objective(view, objective)]


def find_no_objective(view: RunView) -> Iterator[Finding]:
    """A run without objectives decides nothing; a contract is judged by its scenarios alone."""
    if view.plan.objectives:
        return
    contract_only = set(view.plan.profile.phases) <= {CONTRACT_PHASE}
    result = Result.PASS if contract_only else Result.INCONCLUSIVE
    hint = "state objectives in x-harness of the Compose file"
    yield Finding(result, "no objective was stated", "no-objectives", hint=hint)
