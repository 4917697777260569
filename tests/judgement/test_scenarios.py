"""Tests of the run: failed, broken, silent, skipped, unfinished."""

import pytest

from harness.vocabulary import ExitCode, Kind, Result
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
    """A claim that does not hold is a FAIL, whatever pytest made of it."""
    builder.test(TEST, failed_claim="totals add up")
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.NO_GO
    found = finding(verdict, "expectation-failed")
    assert "totals add up does not hold" in found.title
    assert "observed 0, expected 1" in found.detail


def test_a_passed_test_that_claimed_nothing_is_inconclusive(builder: RunBuilder) -> None:
    """Without an expectation a test says nothing about the system."""
    builder.test(TEST, expectations=0)
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.INCONCLUSIVE
    assert finding(verdict, "claimed-nothing").title == f"test {TEST} claimed nothing"


def test_lost_expectations_are_inconclusive(builder: RunBuilder) -> None:
    """The test counts more expectations than were recorded."""
    builder.test(TEST, expectations=2)
    builder.drop(Kind.EXPECTATION, test=TEST, claim="claim 1")
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.INCONCLUSIVE
    assert "2 stated, 1 recorded" in finding(verdict, "expectations-lost").detail


def test_a_skipped_test_is_visible(builder: RunBuilder) -> None:
    """A skip does not close the gate and does not hide."""
    builder.test(TEST, outcome="skipped", expectations=0, message="no browser here")
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.GO
    assert "no browser here" in finding(verdict, "test-skipped").title
    assert about(verdict, TEST).result is Result.PASS


def test_an_unfinished_test_is_inconclusive(builder: RunBuilder) -> None:
    """A test that started and did not finish was taken down with its worker."""
    builder.test(TEST, finished=False)
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.INCONCLUSIVE
    assert finding(verdict, "test-unfinished").title == f"test {TEST} did not finish"


def test_an_unknown_outcome_is_inconclusive(builder: RunBuilder) -> None:
    """``xfailed`` or anything else unknown does not pass."""
    builder.test(TEST, outcome="xfailed")
    assert finding(verdict_on(builder), "test-outcome").result is Result.INCONCLUSIVE


def test_expectations_of_a_test_nobody_started_are_inconclusive(builder: RunBuilder) -> None:
    """A claim whose test left no other trace does not vanish."""
    builder.test(TEST)
    builder.drop(Kind.TEST_STARTED, test=TEST)
    builder.drop(Kind.TEST_FINISHED, test=TEST)
    assert about(verdict_on(builder), TEST).result is Result.INCONCLUSIVE


def test_no_test_at_all_is_nothing_ran(builder: RunBuilder) -> None:
    """Load alone does not open the gate: exit 5."""
    for kind in (Kind.TEST_STARTED, Kind.TEST_FINISHED, Kind.EXPECTATION):
        builder.drop(kind)
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.NOTHING_RAN
    assert verdict.word == "NOTHING RAN"


def test_nothing_but_skips_is_nothing_ran(builder: RunBuilder) -> None:
    """Every test skipped: exit 5."""
    builder.drop(Kind.EXPECTATION)
    builder.change(Kind.TEST_FINISHED, {}, outcome="skipped", expectations=0)
    assert verdict_on(builder).exit_code is ExitCode.NOTHING_RAN
