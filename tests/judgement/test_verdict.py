"""Precedence, exit codes and summaries of the verdict."""

import json
from pathlib import Path

import pytest

from gonogo.judgement import judge, verdict_as_dict
from gonogo.vocabulary import ExitCode, NothingRan, Result, UsageError
from gonogo.vocabulary.events import (
    ErrorOccurred,
    FaultObserved,
    NotTested,
    RunFinished,
    StopRequested,
)
from tests.judgement.looking import finding, verdict_on
from tests.run_builder import RunBuilder, empty_builder


def _error(builder: RunBuilder, name: str, code: int, what: str = "it broke") -> None:
    error = ErrorOccurred(name, what, "here", ("a", "b"), "try a", exit_code=code)
    builder.event(error, 15.0)


def test_a_complete_good_run_is_go(builder: RunBuilder) -> None:
    """Everything holds: GO, exit 0, no finding, and the summary counts."""
    verdict = verdict_on(builder)
    assert (verdict.word, verdict.exit_code, verdict.result) == ("GO", ExitCode.GO, Result.PASS)
    assert verdict.findings == ()
    assert verdict.summary.startswith("GO: 10 objectives hold, 6 tests passed")


def test_a_missed_objective_is_no_go(builder: RunBuilder) -> None:
    """One objective outside its limit: exit 1, and the summary names it."""
    builder.loads["steady"].fail(slice(0, 100))
    verdict = verdict_on(builder)
    assert (verdict.word, verdict.exit_code) == ("NO-GO", ExitCode.NO_GO)
    assert verdict.summary.startswith("NO-GO: p95(response){name=*} < 2s [name=health]: < 2 s does")
    assert verdict.summary.endswith("(and 3 more)")


def test_fail_outranks_inconclusive(builder: RunBuilder) -> None:
    """A missed objective in a run with a fault that did not bite is still NO-GO."""
    builder.loads["steady"].fail(slice(0, 100))
    builder.drop(FaultObserved)
    assert verdict_on(builder).exit_code is ExitCode.NO_GO


def test_an_undecided_objective_is_inconclusive(builder: RunBuilder) -> None:
    """One INCONCLUSIVE objective makes the run INCONCLUSIVE: exit 3."""
    builder.with_plan(objectives=("cpu(web) p95 < 80%",))
    verdict = verdict_on(builder)
    assert (verdict.word, verdict.exit_code) == ("INCONCLUSIVE", ExitCode.INCONCLUSIVE)
    assert "no service matches service=web" in verdict.summary


def test_a_run_without_objectives_is_inconclusive(builder: RunBuilder) -> None:
    """A run with load and faults but without objectives is INCONCLUSIVE."""
    builder.with_plan(objectives=())
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.INCONCLUSIVE
    assert finding(verdict, "no-objectives").result is Result.INCONCLUSIVE
    assert "no objective was stated" in verdict.summary


def test_a_contract_is_go_on_its_scenarios_alone(builder: RunBuilder) -> None:
    """With only scenarios planned, their expectations decide, and the summary says so."""
    profile = {"phases": ("contract",), "faults_required": ()}
    builder.with_plan(objectives=(), profile=profile)
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.GO
    assert finding(verdict, "no-objectives").result is Result.PASS


@pytest.mark.parametrize(
    ("name", "code", "word"),
    [
        ("UsageError", 4, "USAGE ERROR"),
        ("EnvironmentFailed", 6, "ENVIRONMENT FAILED"),
        ("SystemNotReady", 1, "NO-GO"),
        ("NothingRan", 5, "NOTHING RAN"),
        ("ZeroDivisionError", 70, "INCONCLUSIVE"),
    ],
)
def test_an_error_ends_in_its_exit_code(
    builder: RunBuilder, name: str, code: int, word: str
) -> None:
    """Each error event leads to the exit of its kind; an unknown one is INCONCLUSIVE."""
    _error(builder, name, code)
    verdict = verdict_on(builder)
    assert verdict.word == word
    assert int(verdict.exit_code) == (3 if code == 70 else code)
    assert verdict.summary.startswith(f"{word}: it broke")


def test_an_error_without_an_exit_code_is_known_by_its_name(builder: RunBuilder) -> None:
    """The name of the class is enough; an unknown one is INCONCLUSIVE."""
    builder.event(ErrorOccurred(error="EnvironmentFailed", what="disk full"), 15.0)
    assert verdict_on(builder).exit_code is ExitCode.ENVIRONMENT
    builder.change(ErrorOccurred, {}, error="OSError")
    assert verdict_on(builder).exit_code is ExitCode.INCONCLUSIVE


def test_no_go_outranks_usage_outranks_environment(builder: RunBuilder) -> None:
    """A proven FAIL comes first, then a usage error, then a failed environment."""
    _error(builder, "EnvironmentFailed", 6)
    assert verdict_on(builder).exit_code is ExitCode.ENVIRONMENT
    _error(builder, "UsageError", 4)
    assert verdict_on(builder).exit_code is ExitCode.USAGE
    builder.loads["steady"].fail(slice(0, 100))
    verdict = verdict_on(builder)
    assert (verdict.word, verdict.exit_code) == ("NO-GO", ExitCode.NO_GO)
    assert finding(verdict, "environment-failed").result is Result.INCONCLUSIVE


@pytest.mark.parametrize("code", [3, 6])
def test_what_was_left_behind_is_inconclusive(builder: RunBuilder, code: int) -> None:
    """It is not a failed environment, hides no FAIL, and shows what, where and a hint."""
    what = "a process of the run is still there"
    error = ErrorOccurred("LeftBehind", what, "pid 412", hint="gonogo heal", exit_code=code)
    builder.event(error, 78.0)
    verdict = verdict_on(builder)
    assert (verdict.word, verdict.exit_code) == ("INCONCLUSIVE", ExitCode.INCONCLUSIVE)
    found = finding(verdict, "left-behind")
    assert (found.title, found.detail, found.hint) == (what, "where: pid 412", "gonogo heal")
    builder.loads["steady"].fail(slice(0, 100))
    assert verdict_on(builder).exit_code is ExitCode.NO_GO


def test_an_interrupted_run_is_interrupted_unless_it_failed(builder: RunBuilder) -> None:
    """Ctrl-C is exit 2, but a FAIL from before it stays NO-GO."""
    builder.change(RunFinished, {}, interrupted=True)
    verdict = verdict_on(builder)
    assert (verdict.word, verdict.exit_code) == ("INTERRUPTED", ExitCode.INTERRUPTED)
    assert verdict.result is Result.INCONCLUSIVE
    builder.loads["steady"].fail(slice(0, 100))
    assert verdict_on(builder).exit_code is ExitCode.NO_GO


@pytest.mark.parametrize(
    ("condition", "exit_code"),
    [("stop-condition", 1), ("signal", 2), ("budget", 3), ("watchdog-died", 3), ("", 3)],
)
def test_a_stop_is_judged_by_its_condition(
    builder: RunBuilder, condition: str, exit_code: int
) -> None:
    """A stop condition that held is a FAIL; a budget or a lost watchdog is INCONCLUSIVE."""
    builder.event(StopRequested(reason="because", condition=condition), 75.5)
    verdict = verdict_on(builder)
    assert int(verdict.exit_code) == exit_code
    assert "because" in verdict.findings[0].title


def test_findings_come_worst_first(builder: RunBuilder) -> None:
    """FAIL before INCONCLUSIVE before information."""
    builder.event(NotTested(what="disk-full", reason="needs containers"), 40.0)
    builder.test("a", expectations=0)
    builder.test("b", outcome="failed")
    results = [each.result for each in verdict_on(builder).findings]
    assert results == [Result.FAIL, Result.INCONCLUSIVE, Result.PASS]


def test_a_system_that_failed_to_start_is_no_go(tmp_path: Path) -> None:
    """Nothing ran because the system exited: NO-GO, not NOTHING RAN."""
    builder = empty_builder(tmp_path / "run-1")
    builder.service("api", "exited", 0.5, exit_code=3, log_tail=["bad config"])
    _error(builder, "SystemNotReady", 1, "service api exited 3 times")
    assert verdict_on(builder).exit_code is ExitCode.NO_GO


def test_an_empty_run_is_nothing_ran(tmp_path: Path) -> None:
    """A start and an end and nothing between: exit 5."""
    verdict = verdict_on(empty_builder(tmp_path / "run-1"))
    assert verdict.exit_code is ExitCode.NOTHING_RAN


def test_a_run_directory_without_a_plan_raises(tmp_path: Path) -> None:
    """Without a plan there is nothing to judge, so it raises."""
    with pytest.raises(NothingRan):
        judge(tmp_path)
    with pytest.raises(UsageError):
        judge(tmp_path / "nowhere")


def test_a_damaged_run_directory_raises(builder: RunBuilder) -> None:
    """A damaged plan raises."""
    path = builder.write() / "plan.json"
    path.write_text("{}")
    with pytest.raises(UsageError, match="damaged"):
        judge(builder.run_dir)


def test_judging_twice_gives_the_same_verdict(builder: RunBuilder) -> None:
    """Judging is a function of the run directory."""
    run_dir = builder.write()
    assert judge(run_dir) == judge(run_dir)


def test_the_verdict_is_json(builder: RunBuilder) -> None:
    """No infinity, no enum: failed requests included, it survives strict JSON."""
    builder.loads["steady"].fail(slice(None))
    plain = verdict_as_dict(verdict_on(builder))
    assert json.loads(json.dumps(plain, allow_nan=False)) == json.loads(json.dumps(plain))
    assert plain["exit_code"] == 1
    assert plain["judgements"][0]["result"] == "FAIL"
