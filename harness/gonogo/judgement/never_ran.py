"""Scenarios that were collected and never ran, and whether the end of the run explains it."""

from collections.abc import Iterator

from gonogo.judgement.run_view import RunView
from gonogo.observation import LEFT_BEHIND
from gonogo.vocabulary import Finding, Judgement, Result
from gonogo.vocabulary.events import (
    ErrorOccurred,
    ExpectationChecked,
    RunFinished,
    StopRequested,
    TestFinished,
    TestStarted,
)


def was_ended_early(view: RunView) -> bool:
    """Whether the run was ended early: by a stop, an interruption, a kill of the harness."""
    finished = view.events.of(RunFinished)
    interrupted = any(event.what.interrupted for event in finished)
    return bool(view.events.of(StopRequested)) or interrupted or not finished


def never_ran(view: RunView) -> list[str]:
    """The collected scenarios without any event, in the order of the plan."""
    known = view.events.of(TestStarted, TestFinished, ExpectationChecked)
    seen = {event.what.test for event in known}
    return [test for test in view.plan.scenarios if test not in seen]


def never_ran_detail(view: RunView) -> str:
    """The scenarios that did not run because of an early end, for the finding about that end."""
    missing = never_ran(view) if _is_explained(view) else []
    many = f"{len(missing)} collected scenario{'s' if len(missing) > 1 else ''} never ran: "
    return many + ", ".join(missing) if missing else ""


def find_never_ran(view: RunView) -> Iterator[Finding]:
    """Every collected scenario that never ran, unless the end of the run explains it."""
    if _is_explained(view):
        return
    for test in never_ran(view):
        title = f"test {test} was collected and never ran"
        hint = "see logs/pytest-*.log of the run"
        yield Finding(Result.INCONCLUSIVE, title, "test-never-ran", hint=hint)


def judge_never_ran(view: RunView) -> Iterator[Judgement]:
    """One judgement for every collected scenario that never ran without an explanation."""
    for finding, test in zip(find_never_ran(view), never_ran(view), strict=False):
        reason = finding.title.removeprefix(f"test {test} ")
        yield Judgement(test, finding.result, reason, category="scenario")


def _is_explained(view: RunView) -> bool:
    errors = [each for each in view.events.of(ErrorOccurred) if each.what.error != LEFT_BEHIND]
    return bool(errors) or was_ended_early(view)
