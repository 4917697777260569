"""Runs that ended before all their scenarios could run, and those that should have and did not."""

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


def was_ended(view: RunView) -> bool:
    """Whether somebody ended the run early: a stop, an interruption, a kill of the harness."""
    finished = view.events.of(RunFinished)
    interrupted = any(event.what.interrupted for event in finished)
    return bool(view.events.of(StopRequested)) or interrupted or not finished


def never_ran(view: RunView) -> list[str]:
    """The collected scenarios of which there is no trace, in the order of the plan."""
    traces = view.events.of(TestStarted, TestFinished, ExpectationChecked)
    seen = {event.what.test for event in traces}
    return [test for test in view.plan.scenarios if test not in seen]


def early_end_detail(view: RunView) -> str:
    """What an early end kept from running, for the finding that tells of the end."""
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
    """One judgement for each of those."""
    for finding, test in zip(find_never_ran(view), never_ran(view), strict=False):
        reason = finding.title.removeprefix(f"test {test} ")
        yield Judgement(test, finding.result, reason, category="scenario")


def _is_explained(view: RunView) -> bool:
    errors = [each for each in view.events.of(ErrorOccurred) if each.what.error != LEFT_BEHIND]
    return bool(errors) or was_ended(view)
