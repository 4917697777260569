"""Tests of the run: failed, broken, silent, skipped, unfinished."""

import pytest

from gonogo.vocabulary import ExitCode, Result
from gonogo.vocabulary.events import (
    ErrorOccurred,
    ExpectationChecked,
    NotTested,
    RunFinished,
    StopRequested,
    TestFinished,
    TestStarted,
)
from tests.judgement.looking import about, finding, verdict_on
from tests.run_builder import RunBuilder

TEST = "contract/test_more.py::test_more"


@pytest.mark.parametrize(("outcome", "cause"), [("failed", "test-failed"), ("error", "test-error")])
def test_a_failed_test_is_no_go(builder: RunBuilder, outcome: str, cause: str) -> None:
    """A test that failed or broke is a FAIL with its message."""
    builder.test(TEST, outcome=outcome, message="AssertionError: 3 jobs, expected 4")
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.NO_GO
    assert finding(verdict, cause).result is Result.FAIL
    judged = about(verdict, TEST)
    assert judged.category == "scenario"
    assert judged.result is Result.FAIL
    assert "3 jobs, expected 4" in judged.reason


def test_a_failed_expectation_is_no_go_even_when_the_test_passed(builder: RunBuilder) -> None:
    """An expectation that does not hold is a FAIL, also when pytest says passed."""
    builder.test(TEST, failed_claim="totals add up")
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.NO_GO
    found = finding(verdict, "expectation-failed")
    assert "expectation failed: totals add up" in found.title
    assert "observed 0, expected 1" in found.detail


def test_a_passed_test_that_claimed_nothing_is_inconclusive(builder: RunBuilder) -> None:
    """Without an expectation a test says nothing about the system."""
    builder.test(TEST, expectations=0)
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.INCONCLUSIVE
    assert finding(verdict, "claimed-nothing").title == f"test {TEST} stated no expectation"


def test_lost_expectations_are_inconclusive(builder: RunBuilder) -> None:
    """The test counts more expectations than were recorded."""
    builder.test(TEST, expectations=2)
    builder.drop(ExpectationChecked, test=TEST, claim="claim 1")
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.INCONCLUSIVE
    assert "2 stated, 1 recorded" in finding(verdict, "expectations-lost").detail


REASON = "fault disk-full cannot be injected in the process backend"


def test_a_skipped_test_is_inconclusive(builder: RunBuilder) -> None:
    """Silence never passes: INCONCLUSIVE, with the reason."""
    builder.test(TEST, outcome="skipped", expectations=0, message="no browser here")
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.INCONCLUSIVE
    assert "no browser here" in finding(verdict, "test-skipped").title
    judged = about(verdict, TEST)
    assert judged.result is Result.INCONCLUSIVE
    assert judged.reason == "was skipped: no browser here"


@pytest.mark.parametrize(
    "said",
    [
        {"what": "disk-full", "reason": REASON},
        {"what": TEST, "reason": "needs containers"},
        {"what": "disk-full", "reason": "needs containers", "test": TEST},
    ],
)
def test_a_skip_on_record_as_not_tested_is_visible(
    builder: RunBuilder, said: dict[str, str]
) -> None:
    """What cannot be tested here does not prevent GO, and the report lists it."""
    builder.test(TEST, at_s=5.0, outcome="skipped", expectations=0, message=REASON)
    builder.event(NotTested(**said), 5.2)
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.GO
    assert about(verdict, TEST).reason == f"not tested: {said['reason']}"
    assert finding(verdict, "test-not-tested").result is Result.PASS
    assert "6 tests passed, 1 was not tested" in verdict.summary


@pytest.mark.parametrize(
    ("at_s", "said"),
    [
        (5.2, {"what": "disk-full", "reason": "needs containers"}),
        (2.0, {"what": "disk-full", "reason": REASON}),
        (5.2, {"what": "other", "reason": REASON, "test": "contract/test_other.py::test_other"}),
    ],
    ids=["another reason", "another time", "another test"],
)
def test_a_skip_is_not_excused_by_another(
    builder: RunBuilder, at_s: float, said: dict[str, str]
) -> None:
    """The ``not_tested`` event is about another test: this skip does not pass."""
    builder.test(TEST, at_s=5.0, outcome="skipped", expectations=0, message=REASON)
    builder.event(NotTested(**said), at_s)
    assert about(verdict_on(builder), TEST).result is Result.INCONCLUSIVE


def _collect(builder: RunBuilder, *more: str) -> None:
    ran = [what.test for _, _, what in builder.events if isinstance(what, TestFinished)]
    builder.with_plan(scenarios=(*ran, *more))


def test_a_collected_scenario_that_never_ran_is_inconclusive(builder: RunBuilder) -> None:
    """It is named, in a judgement and a finding of its own."""
    _collect(builder)
    assert verdict_on(builder).exit_code is ExitCode.GO
    _collect(builder, TEST)
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.INCONCLUSIVE
    assert about(verdict, TEST).reason == "was collected and never ran"
    found = finding(verdict, "test-never-ran")
    assert found.title == f"test {TEST} was collected and never ran"


def test_a_collected_scenario_that_did_not_finish_is_reported_once(builder: RunBuilder) -> None:
    """It started, so it has one finding, as an unfinished test."""
    builder.test(TEST, finished=False)
    _collect(builder, TEST)
    verdict = verdict_on(builder)
    assert about(verdict, TEST).result is Result.INCONCLUSIVE
    assert [each.cause for each in verdict.findings] == ["test-unfinished"]


@pytest.mark.parametrize(
    ("how", "cause"),
    [
        ("budget", "stopped"), ("signal", "interrupted"), ("interrupted", "interrupted"),
        ("killed", "run-killed"), ("error", "environment-failed"),
    ],
)  # fmt: skip
def test_an_early_end_explains_what_never_ran(builder: RunBuilder, how: str, cause: str) -> None:
    """One finding names the early end and the scenarios; they have no findings of their own."""
    _collect(builder, TEST)
    if how == "interrupted":
        builder.change(RunFinished, {}, interrupted=True)
    elif how == "killed":
        builder.drop(RunFinished)
    elif how == "error":
        builder.event(ErrorOccurred(error="EnvironmentFailed", what="disk", exit_code=6), 70.0)
    else:
        builder.event(StopRequested(reason="because", condition=how), 70.0)
    verdict = verdict_on(builder)
    assert f"1 collected scenario never ran: {TEST}" in finding(verdict, cause).detail
    assert "test-never-ran" not in {each.cause for each in verdict.findings}
    assert TEST not in {each.subject for each in verdict.judgements}


def test_what_was_left_behind_explains_no_missing_scenario(builder: RunBuilder) -> None:
    """Leftovers are found after the run; a scenario that never ran has another reason."""
    _collect(builder, TEST)
    builder.event(ErrorOccurred(error="LeftBehind", what="a pid", exit_code=3), 78.0)
    assert finding(verdict_on(builder), "test-never-ran").result is Result.INCONCLUSIVE


def test_an_unfinished_test_is_inconclusive(builder: RunBuilder) -> None:
    """A test that started and did not finish is INCONCLUSIVE."""
    builder.test(TEST, finished=False)
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.INCONCLUSIVE
    assert finding(verdict, "test-unfinished").title == f"test {TEST} did not finish"


def test_an_unknown_outcome_is_inconclusive(builder: RunBuilder) -> None:
    """``xfailed`` or anything else unknown does not pass."""
    builder.test(TEST, outcome="xfailed")
    assert finding(verdict_on(builder), "test-outcome").result is Result.INCONCLUSIVE


def test_expectations_of_a_test_that_never_started_are_inconclusive(builder: RunBuilder) -> None:
    """An expectation of a test without other events is INCONCLUSIVE."""
    builder.test(TEST)
    builder.drop(TestStarted, test=TEST)
    builder.drop(TestFinished, test=TEST)
    assert about(verdict_on(builder), TEST).result is Result.INCONCLUSIVE


def test_no_test_at_all_is_nothing_ran(builder: RunBuilder) -> None:
    """Load without a test is not GO: exit 5."""
    for kind in (TestStarted, TestFinished, ExpectationChecked):
        builder.drop(kind)
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.NOTHING_RAN
    assert verdict.word == "NOTHING RAN"


def test_nothing_but_skips_is_nothing_ran(builder: RunBuilder) -> None:
    """Every test skipped: exit 5."""
    builder.drop(ExpectationChecked)
    builder.change(TestFinished, {}, outcome="skipped", expectations=0)
    assert verdict_on(builder).exit_code is ExitCode.NOTHING_RAN
