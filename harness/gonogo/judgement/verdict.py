"""The verdict on a run directory. The same directory gives the same verdict."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gonogo.judgement.abort_causes import (
    ENVIRONMENT,
    INTERRUPTED,
    NOTHING_RAN,
    USAGE,
    edges_lost,
    find_abort_causes,
)
from gonogo.judgement.books import find_dead_generators, find_lost_workers, judge_books
from gonogo.judgement.completeness import find_kill, find_lost_events, judge_completeness
from gonogo.judgement.fault_checks import find_not_tested, judge_faults
from gonogo.judgement.journeys import judge_journeys
from gonogo.judgement.never_ran import find_never_ran, judge_never_ran
from gonogo.judgement.objectives import find_no_objective, judge_objectives
from gonogo.judgement.run_view import RunView
from gonogo.judgement.scenarios import TEST_NOT_TESTED, find_scenarios, judge_scenarios
from gonogo.judgement.services import find_services
from gonogo.vocabulary import ExitCode, Finding, Judgement, Result, Verdict

_WORDS = {
    ExitCode.GO: "GO",
    ExitCode.NO_GO: "NO-GO",
    ExitCode.INTERRUPTED: "INTERRUPTED",
    ExitCode.INCONCLUSIVE: "INCONCLUSIVE",
    ExitCode.USAGE: "USAGE ERROR",
    ExitCode.NOTHING_RAN: "NOTHING RAN",
    ExitCode.ENVIRONMENT: "ENVIRONMENT FAILED",
}
_CAUSE_OF = {
    ExitCode.USAGE: USAGE,
    ExitCode.ENVIRONMENT: ENVIRONMENT,
    ExitCode.INTERRUPTED: INTERRUPTED,
    ExitCode.NOTHING_RAN: NOTHING_RAN,
}


def judge(run_dir: Path) -> Verdict:
    """Judge a run, finished or killed at any moment.

    Raises:
        UsageError: not a run directory, a damaged one, or one whose plan holds an objective
            this version does not know.
        NothingRan: the run ended before it had a plan.
    """
    return judge_view(RunView.load(run_dir))


def judge_view(view: RunView) -> Verdict:
    """Judge a run that is read already.

    Raises:
        UsageError: the plan holds an objective this version does not know.
    """
    judgements = (
        *judge_objectives(view),
        *judge_faults(view),
        *judge_scenarios(view),
        *judge_journeys(view),
        *judge_never_ran(view),
        *judge_completeness(view),
        *judge_books(view),
    )
    found = (
        *find_abort_causes(view),
        *find_services(view),
        *find_kill(view),
        *find_dead_generators(view),
        *find_lost_workers(view),
        *find_lost_events(view),
        *find_scenarios(view),
        *find_never_ran(view),
        *find_not_tested(view),
        *find_no_objective(view),
    )
    findings = tuple(sorted(found, key=lambda finding: -finding.result.rank))
    results = [each.result for each in judgements] + [each.result for each in findings]
    result = Result.worst(results)
    if result is Result.FAIL and edges_lost(view):
        result = Result.INCONCLUSIVE
    code = _exit_code(result, findings)
    summary = _summary(code, judgements, findings)
    return Verdict(result, _WORDS[code], code, summary, judgements, findings)


def verdict_as_dict(verdict: Verdict) -> dict[str, Any]:
    """The verdict in plain strings, numbers and lists, ready for JSON."""
    return asdict(verdict) | {"exit_code": int(verdict.exit_code)}


def _exit_code(result: Result, findings: Sequence[Finding]) -> ExitCode:
    """A proven failure counts, even when something went wrong later; else why nothing is proven."""
    causes = {finding.cause for finding in findings}
    if result is Result.FAIL:
        return ExitCode.NO_GO
    if USAGE in causes:
        return ExitCode.USAGE
    if ENVIRONMENT in causes:
        return ExitCode.ENVIRONMENT
    if INTERRUPTED in causes:
        return ExitCode.INTERRUPTED
    if NOTHING_RAN in causes:
        return ExitCode.NOTHING_RAN
    return ExitCode.GO if result is Result.PASS else ExitCode.INCONCLUSIVE


def _summary(code: ExitCode, judgements: Sequence[Judgement], findings: Sequence[Finding]) -> str:
    word = _WORDS[code]
    if code is ExitCode.GO:
        return f"{word}: {_what_held(judgements, findings)}"
    if code in _CAUSE_OF:
        first = next(each for each in findings if each.cause == _CAUSE_OF[code])
        return f"{word}: {first.title}"
    worst = Result.FAIL if code is ExitCode.NO_GO else Result.INCONCLUSIVE
    causes = [finding.title for finding in findings if finding.result is worst]
    # A scenario that is not a PASS stands among the findings already.
    causes += [
        f"{each.subject}: {each.reason}"
        for each in judgements
        if each.result is worst and each.category != "scenario"
    ]
    more = f" (and {len(causes) - 1} more)" if len(causes) > 1 else ""
    return f"{word}: {causes[0]}{more}"


def _what_held(judgements: Sequence[Judgement], findings: Sequence[Finding]) -> str:
    number = Counter(each.category for each in judgements)
    not_tested = sum(finding.cause == TEST_NOT_TESTED for finding in findings)
    parts = [
        _counted(number["objective"], "objective holds", "objectives hold"),
        _counted(number["scenario"] - not_tested, "test passed", "tests passed"),
    ]
    if not_tested:
        parts.append(_counted(not_tested, "was not tested", "were not tested"))
    parts.append(_counted(number["fault"], "fault bit and healed", "faults bit and healed"))
    return ", ".join(parts)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
