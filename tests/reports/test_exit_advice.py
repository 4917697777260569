"""The advice for an INCONCLUSIVE run follows from its cause."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gonogo.judgement import judge
from gonogo.vocabulary import ExitCode
from gonogo.vocabulary.events import (
    ErrorOccurred,
    FaultObserved,
    LoadFinished,
    RunFinished,
    StopRequested,
)
from gonogo_reports import render_all
from tests.run_builder import RunBuilder, go_builder

Spoil = Callable[[RunBuilder], object]


def _few(builder: RunBuilder) -> None:
    builder.with_plan(objectives=("availability > 99.9%",))


def _killed(builder: RunBuilder) -> None:
    builder.open_writers.add("harness")
    builder.drop(RunFinished)


def _left(builder: RunBuilder) -> None:
    builder.event(
        ErrorOccurred(error="LeftBehind", what="pid 412 is still there", exit_code=3), 78.0
    )


@pytest.mark.parametrize(
    ("spoil", "advice"),
    [
        (_few, "run a longer profile"),
        (_killed, "the run was killed"),
        (_left, "gonogo heal"),
        (lambda b: b.drop(LoadFinished, load="steady"), "the load generator died"),
        (lambda b: b.change(FaultObserved, {}, observed=False), "did not bite"),
        (lambda b: b.loads["steady"].drop([5]), "the evidence is not sound"),
        (lambda b: b.test("t.py::t", expectations=0), "a scenario proved nothing"),
        (lambda b: b.with_plan(objectives=("cpu(web) max < 9%",)), "check its selector"),
        (lambda b: b.with_plan(objectives=()), "state objectives"),
        (lambda b: b.event(StopRequested(reason="why", condition="budget"), 75.5), "was stopped"),
    ],
)
def test_the_advice_follows_from_the_cause(tmp_path: Path, spoil: Spoil, advice: str) -> None:
    """Only too few samples ask for a longer profile; every report says the same."""
    builder = go_builder(tmp_path / "20260101-120000-ab12")
    spoil(builder)
    run_dir = builder.write()
    verdict = judge(run_dir)
    assert verdict.exit_code is ExitCode.INCONCLUSIVE
    files = render_all(run_dir, verdict)
    summary = files["summary.md"].read_text()
    assert advice in summary
    assert ("longer profile" in summary) == (advice == "run a longer profile")
    assert advice in files["junit.xml"].read_text()
