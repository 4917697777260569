"""A fault must bite and be proven absent; a service must not exit by itself."""

import pytest

from gonogo.vocabulary import ExitCode, Occurrence, Result
from gonogo.vocabulary.events import (
    FaultAbsent,
    FaultArmed,
    FaultHealed,
    FaultObserved,
    NotTested,
    PhaseFinished,
    TestFinished,
)
from tests.judgement.looking import about, finding, verdict_on
from tests.run_builder import RunBuilder

LABEL = {"label": "store-pause"}


def test_a_proven_fault_passes_with_its_evidence(builder: RunBuilder) -> None:
    """Armed, observed, healed, proven absent: PASS, and the evidence is in the reason."""
    judged = about(verdict_on(builder), "fault store-pause")
    assert judged.result is Result.PASS
    assert judged.category == "fault"
    assert "pid 412 in state T" in judged.reason


def test_a_fault_that_did_not_bite_is_inconclusive(builder: RunBuilder) -> None:
    """Not observed is never a pass, and the reason gives what was seen instead."""
    builder.change(FaultObserved, LABEL, observed=False, evidence="pid 412 in state S")
    verdict = verdict_on(builder)
    judged = about(verdict, "fault store-pause")
    assert judged.reason == "fault store-pause did not bite: pid 412 in state S"
    assert verdict.exit_code is ExitCode.INCONCLUSIVE
    assert "did not bite" in verdict.summary


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (FaultArmed, "never armed"),
        (FaultObserved, "did not bite: not observed"),
        (FaultHealed, "never healed"),
        (FaultAbsent, "not proven gone: not checked"),
    ],
)
def test_every_step_of_a_fault_must_be_there(
    builder: RunBuilder, kind: type[Occurrence], reason: str
) -> None:
    """A missing step is INCONCLUSIVE and named."""
    builder.drop(kind, **LABEL)
    verdict = verdict_on(builder)
    assert reason in about(verdict, "fault store-pause").reason
    assert verdict.exit_code is ExitCode.INCONCLUSIVE


def test_a_fault_that_stayed_is_inconclusive(builder: RunBuilder) -> None:
    """Without proof of absence the harness has failed, not the system."""
    builder.change(FaultAbsent, LABEL, absent=False, evidence="pid 412 in state T")
    judged = about(verdict_on(builder), "fault store-pause")
    assert judged.result is Result.INCONCLUSIVE
    assert "not proven gone: pid 412 in state T" in judged.reason


def test_a_required_fault_that_was_not_injected_is_inconclusive(builder: RunBuilder) -> None:
    """The profile requires it and no scenario injects it: it is named, with the reason."""
    builder.with_plan(profile={"faults_required": ("store-pause", "disk-full")})
    builder.event(NotTested(what="disk-full", reason="needs containers"), 40.0)
    verdict = verdict_on(builder)
    judged = about(verdict, "fault disk-full")
    assert judged.result is Result.INCONCLUSIVE
    assert "needs containers" in judged.reason
    assert verdict.exit_code is ExitCode.INCONCLUSIVE


def test_what_was_not_tested_is_visible(builder: RunBuilder) -> None:
    """A fault that this machine cannot inject, and that is not required, is shown in a GO."""
    builder.event(NotTested(what="disk-full", reason="needs containers"), 40.0)
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.GO
    assert finding(verdict, "not-tested").title == "not tested: disk-full"


def test_an_exit_outside_a_fault_is_no_go(builder: RunBuilder) -> None:
    """A service that exits is a FAIL with exit code and log tail, restarted or not."""
    tail = ["Traceback", "MemoryError"]
    builder.service("api", "exited", 20.0, exit_code=137, detail="killed", log_tail=tail)
    builder.service("api", "ready", 21.0)
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.NO_GO
    found = finding(verdict, "service-exited")
    assert found.title == "service api exited with code 137"
    assert found.detail == "killed\nTraceback\nMemoryError"
    assert verdict.summary == "NO-GO: service api exited with code 137"


def test_an_exit_in_the_window_of_its_own_fault_is_expected(builder: RunBuilder) -> None:
    """The killed service may exit between intent and proven absence."""
    assert verdict_on(builder).exit_code is ExitCode.GO


def test_an_exit_in_the_window_of_another_services_fault_is_no_go(builder: RunBuilder) -> None:
    """A kill of the store excuses the store, not an api that exits because of it."""
    builder.service("api", "exited", 52.5, exit_code=1)
    assert verdict_on(builder).exit_code is ExitCode.NO_GO


def test_an_exit_after_the_fault_is_gone_is_no_go(builder: RunBuilder) -> None:
    """After its proof of absence a fault excuses no exit."""
    builder.service("store", "exited", 60.0, exit_code=1)
    assert verdict_on(builder).exit_code is ExitCode.NO_GO


def test_an_exit_while_the_system_is_stopped_is_expected(builder: RunBuilder) -> None:
    """After the last phase services may exit in any order."""
    builder.service("api", "exited", 76.5, exit_code=1)
    assert verdict_on(builder).exit_code is ExitCode.GO


def test_an_exit_after_the_first_stop_is_expected(builder: RunBuilder) -> None:
    """An interrupted run stops services during a phase; others may exit because of that."""
    builder.drop(PhaseFinished, phase="ledger")
    builder.service("store", "stopped", 74.0, exit_code=0)
    builder.service("api", "exited", 74.1, exit_code=1)
    assert all(each.cause != "service-exited" for each in verdict_on(builder).findings)


def test_a_service_that_never_became_ready_is_no_go(builder: RunBuilder) -> None:
    """Not ready in time and never after: FAIL. Late but ready: no finding."""
    builder.service("web", "unready", 30.0, detail="not ready within 30 s")
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.NO_GO
    assert finding(verdict, "service-never-ready").title == "service web never became ready"
    builder.service("web", "ready", 35.0)
    assert verdict_on(builder).exit_code is ExitCode.GO
    assert all(each.result is Result.PASS for each in verdict_on(builder).findings)


def _announcing(builder: RunBuilder) -> RunBuilder:
    """A run whose first scenario declares a fault that was not injected."""
    ended = next(each[2] for each in builder.events if isinstance(each[2], TestFinished))
    builder.with_plan(faults_declared={ended.test: ("disk-full",)})
    return builder


def test_a_fault_that_was_announced_and_forgotten_is_inconclusive(builder: RunBuilder) -> None:
    """Its scenario passed without the fault, so it is only about a system without a fault."""
    verdict = verdict_on(_announcing(builder))
    assert "passed, and never injected it" in about(verdict, "fault disk-full").reason
    assert verdict.exit_code is ExitCode.INCONCLUSIVE


def test_a_fault_of_a_skipped_scenario_is_reported_once(builder: RunBuilder) -> None:
    """There is one finding, that of the skip."""
    test = next(iter(_announcing(builder).plan.faults_declared))
    builder.change(TestFinished, {"test": test}, outcome="skipped", message="no disk")
    verdict = verdict_on(builder)
    assert [each.subject for each in verdict.judgements if "disk-full" in each.subject] == []
    assert verdict.exit_code is ExitCode.INCONCLUSIVE


def test_a_fault_that_was_announced_and_injected_is_itself(builder: RunBuilder) -> None:
    """One judgement for it, and GO."""
    ended = next(each[2] for each in builder.events if isinstance(each[2], TestFinished))
    builder.with_plan(faults_declared={ended.test: ("store-pause",)})
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.GO, verdict.summary
