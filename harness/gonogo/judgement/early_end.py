"""Runs that ended before all their scenarios could run, and those that should have and did not."""

from collections.abc import Iterator

from gonogo.judgement.run_view import RunView
from gonogo.observation import LEFT_BEHIND
from gonogo.vocabulary import Finding, Judgement, Kind, Result

_TRACES = (Kind.TEST_STARTED, Kind.TEST_FINISHED, Kind.EXPECTATION)


def was_ended(view: RunView) -> bool:
    """Whether somebody ended the run early: a stop, an interruption, a kill of the harness."""
    finished = view.of(Kind.RUN_FINISHED)
    interrupted = any(event.data.get("interrupted") for event in finished)
    return bool(view.of(Kind.STOP)) or interrupted or not finished


def never_ran(view: RunView) -> list[str]:
    """The collected scenarios of which there is no trace, in the order of the plan."""
    seen = {str(event.data["test"]) for event in view.of(*_TRACES)}
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
    errors = [each for each in view.of(Kind.ERROR) if each.data.get("error") != LEFT_BEHIND]
    return bool(errors) or was_ended(view)
