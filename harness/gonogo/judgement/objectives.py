"""Objectives judged: each line by the judge of its metric."""

from collections.abc import Callable, Iterator, Mapping

from gonogo.judgement.grammar import parse_objective
from gonogo.judgement.ledger import judge_lost_writes
from gonogo.judgement.phase_names import CONTRACT_PHASE
from gonogo.judgement.recovery import judge_recovery
from gonogo.judgement.request_metrics import judge_requests
from gonogo.judgement.resource_metrics import judge_resources
from gonogo.judgement.run_view import RunView
from gonogo.judgement.users import judge_users
from gonogo.vocabulary import Finding, Judgement, Objective, Result

_JUDGES: Mapping[str, Callable[[RunView, Objective], Iterator[Judgement]]] = {
    "availability": judge_requests,
    "cpu": judge_resources,
    "error_rate": judge_requests,
    "lost_writes": judge_lost_writes,
    "memory": judge_resources,
    "recovery": judge_recovery,
    "response": judge_requests,
    "users": judge_users,
}


def judge_objective(view: RunView, objective: Objective) -> list[Judgement]:
    """Judge one objective; a wildcard once per match, and no match is INCONCLUSIVE."""
    return list(_JUDGES[objective.metric](view, objective))


def judge_objectives(view: RunView) -> list[Judgement]:
    """Every objective of the plan, in its order.

    Raises:
        UsageError: the plan holds a line that is no objective.
    """
    objectives = [parse_objective(text) for text in view.plan.objectives]
    return [each for objective in objectives for each in judge_objective(view, objective)]


def find_no_objective(view: RunView) -> Iterator[Finding]:
    """A gate that was asked nothing decides nothing; a contract is asked by its scenarios."""
    if view.plan.objectives:
        return
    contract_only = set(view.plan.profile.phases) <= {CONTRACT_PHASE}
    result = Result.PASS if contract_only else Result.INCONCLUSIVE
    hint = "state objectives in x-harness of the Compose file"
    yield Finding(result, "no objective was stated", "no-objectives", hint=hint)
