"""Runs to report on: judged GO, NO-GO, INCONCLUSIVE, and one killed at its start."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gonogo.judgement import judge
from gonogo.vocabulary import Outcome, Verdict
from gonogo.vocabulary.events import (
    FaultObserved,
    NotTested,
    PhaseStarted,
    RunFinished,
    TestStarted,
)
from tests.run_builder import RunBuilder, empty_builder, go_builder

HOSTILE = "test_<script>alert(1)</script>\x00\x1b[31m|`*@you"

Case = tuple[Path, Verdict]


def go(folder: Path) -> RunBuilder:
    return go_builder(folder)


def nogo(folder: Path) -> RunBuilder:
    """Every request of 5 s times out, a service dies, a scenario with a hostile name fails."""
    builder = go_builder(folder)
    steady = builder.loads["steady"]
    late = steady.window(20.0, 25.0)
    steady.slow(late, 10_000.0)
    steady.fail(late, Outcome.TIMEOUT, 0)
    tail = ["# Out of memory", "<b>not bold</b> https://evil.example/x.js"]
    builder.service("store", "exited", 20.1, exit_code=-9, detail="signal 9", log_tail=tail)
    builder.service("store", "ready", 25.0)
    builder.test(
        f"contract/test_login.py::{HOSTILE}",
        at_s=5.0,
        outcome="failed",
        failed_claim="answers 401 </script><img src=x onerror=alert(1)>",
        message="first line\nobserved 200, expected 401 ]]>",
    )
    builder.event(NotTested(what="clock skew", reason="no <kernel> support"), 6.0)
    return builder


def inconclusive(folder: Path) -> RunBuilder:
    """A fault that did not bite, and a test without an expectation."""
    builder = go_builder(folder)
    builder.change(FaultObserved, {"label": "store-pause"}, observed=False, evidence="state S")
    builder.test("contract/test_empty.py::test_silent", at_s=5.0, expectations=0)
    return builder


def killed(folder: Path) -> RunBuilder:
    """Killed after half a second: a plan, a few events, no close."""
    builder = empty_builder(folder)
    builder.drop(RunFinished)
    builder.open_writers = {"harness"}
    builder.event(PhaseStarted(phase="contract"), 0.4)
    builder.event(TestStarted(test="contract/test_a.py::test_a", phase="contract"), 0.5)
    return builder


BUILDERS: dict[str, Callable[[Path], RunBuilder]] = {
    "GO": go,
    "NO-GO": nogo,
    "INCONCLUSIVE": inconclusive,
    "killed": killed,
}


@pytest.fixture(params=list(BUILDERS))
def any_run(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    """Each of the runs with its verdict."""
    return made(str(request.param), tmp_path)


def made(name: str, folder: Path) -> Case:
    """The run of that name and the verdict of the judge."""
    run_dir = BUILDERS[name](folder / "20260101-120000-ab12").write()
    return run_dir, judge(run_dir)
