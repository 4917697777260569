"""Journeys: the events of the steps decide, independent of the outcome of the test."""

from pathlib import Path

import pytest

from gonogo.judgement import judge
from gonogo.vocabulary import ExitCode, Judgement, Result
from gonogo.vocabulary.events import BrowserStepFinished, BrowserStepStarted
from tests.run_builder import RunBuilder, go_builder

TEST = "journey/test_page.py::test_page"


def _journey(folder: Path, *outcomes: str) -> RunBuilder:
    """A GO run with a passed test whose steps have these outcomes; ``""`` is no end."""
    builder = go_builder(folder / "20260101-120000-ab12")
    builder.test(TEST, at_s=5.0)
    for number, outcome in enumerate(outcomes, start=1):
        name = f"do {number}"
        builder.event(BrowserStepStarted(TEST, number, name), 5.0 + number / 100)
        if outcome:
            error = "waited 2 s for a button" if outcome == "failed" else ""
            end = BrowserStepFinished(TEST, number, name, outcome, error, duration_s=0.005)
            builder.event(end, 5.005 + number / 100)
    return builder


def _judged(run_dir: Path) -> Judgement:
    (found,) = (j for j in judge(run_dir).judgements if j.subject == f"journey {TEST}")
    return found


def test_steps_that_passed(tmp_path: Path) -> None:
    """Every step ended well: the journey holds, with the number of its steps."""
    run_dir = _journey(tmp_path, "passed", "passed").write()
    judged = _judged(run_dir)
    assert (judged.result, judged.n, judged.reason) == (Result.PASS, 2, "2 steps passed")
    assert judge(run_dir).exit_code == ExitCode.GO


def test_a_failed_step_outweighs_a_test_that_passed(tmp_path: Path) -> None:
    """A scenario that catches the failure of its step is NO-GO too."""
    run_dir = _journey(tmp_path, "passed", "failed", "lost").write()
    judged = _judged(run_dir)
    assert judged.result is Result.FAIL
    assert judged.reason == "step 2, do 2: waited 2 s for a button"
    assert judge(run_dir).exit_code == ExitCode.NO_GO


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        ("lost", "the browser went away"),
        ("interrupted", "it was interrupted"),
        ("", "its process was ended"),
        ("vanished", "ended as 'vanished'"),
    ],
)
def test_a_step_without_an_end_is_undecided(tmp_path: Path, outcome: str, why: str) -> None:
    """After the death of a browser, Ctrl-C or a kill the run is INCONCLUSIVE."""
    run_dir = _journey(tmp_path, "passed", outcome).write()
    judged = _judged(run_dir)
    assert judged.result is Result.INCONCLUSIVE
    assert judged.reason == f"step 2, do 2: {why}"
    assert judge(run_dir).exit_code == ExitCode.INCONCLUSIVE
