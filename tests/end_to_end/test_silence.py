"""Silence never passes: ways to give no evidence, and the verdict for each."""

from typing import Any

from gonogo.vocabulary import ExitCode
from tests.end_to_end.conftest import SCENARIOS, Edit, Gate, only


def _scenarios(name: str) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        only("contract")(document)
        document["x-harness"]["scenarios"] = str(SCENARIOS / name)

    return edit


def test_expected_failures_and_outside_options(gate: Gate) -> None:
    """An xfail is a failure, and an option from outside leaves no scenario out."""
    done = gate.gonogo(
        "run", "--profile", "quick", "-f", str(gate.target(_scenarios("evasive"))),
        PYTEST_ADDOPTS="-k test_holds",
    )  # fmt: skip
    assert done.code == ExitCode.NO_GO, done.output
    assert "test_expected_to_fail" in done.output
    assert "test_left_out" in done.output


def test_skip(gate: Gate) -> None:
    """A scenario that skips by itself is INCONCLUSIVE, with its reason."""
    done = gate.gonogo("run", "--profile", "quick", "-f", str(gate.target(_scenarios("skipping"))))
    assert done.code == ExitCode.INCONCLUSIVE, done.output
    assert "could not reach the store" in done.output


def test_misspelt_profile_of_a_scenario(gate: Gate) -> None:
    """A scenario for a profile that does not exist is refused, with the valid ones."""
    done = gate.gonogo("run", "--profile", "quick", "-f", str(gate.target(_scenarios("typo"))))
    assert done.code == ExitCode.USAGE, done.output
    assert "qiuck" in done.output
    assert "quick" in done.output.replace("qiuck", "")
    assert list(gate.runs_dir.iterdir()) == [], "a refused run is no run"


def test_stop_condition_ends_the_run(gate: Gate) -> None:
    """A violated stop condition ends the run long before its schedule does: NO-GO."""

    def hopeless(document: dict[str, Any]) -> None:
        only("load", requests=6000, rate_per_s=100)(document)
        document["x-harness"]["objectives"] = ["p50(response) < 100us over 2s, abort after 1s"]

    done = gate.gonogo("run", "--profile", "quick", "-f", str(gate.target(hopeless)))
    assert done.code == ExitCode.NO_GO, done.output
    assert "abort after" in done.output
    sent = (done.run_dir / "records" / "steady.records").stat().st_size // 32
    assert sent < 3000, "it went on after the stop condition"


def test_runs_directory_that_is_none(gate: Gate) -> None:
    """A file where the runs directory should be is a failed environment, not a NO-GO."""
    gate.runs_dir.write_text("a file")
    done = gate.gonogo("run", "--profile", "quick", "-f", str(gate.target(only("contract"))))
    assert done.code == ExitCode.ENVIRONMENT, done.output
    assert str(gate.runs_dir) in done.output
