"""Loads of the closed model: judged under their own phase, and only there."""

from dataclasses import replace

import pytest

from gonogo.judgement import (
    RunView,
    StopConditionEvaluator,
    judge,
    judge_objective,
    parse_objective,
)
from gonogo.observation import EventTail
from gonogo.observation.records import RECORD, LoadRecords, read_records
from gonogo.vocabulary import ExitCode, Judgement, Outcome, Result, Verdict
from tests.closed_load import ClosedLoad
from tests.judgement.looking import about, finding
from tests.run_builder import RunBuilder
from tests.synthetic_load import ns


def judged(builder: RunBuilder, load: ClosedLoad, text: str) -> Judgement:
    """One objective on a run with this load."""
    load.tell(builder)
    run_dir = builder.write()
    load.write(run_dir)
    (judgement,) = judge_objective(RunView.load(run_dir), parse_objective(text))
    return judgement


def verdict_on(builder: RunBuilder, load: ClosedLoad, *, finished: bool = True) -> Verdict:
    """The verdict on a run that planned 50 users and had this load."""
    plan = builder.plan
    builder.plan = replace(
        plan,
        profile=replace(plan.profile, users=50),
        objectives=("error_rate{phase=closed} < 1%", "users{phase=closed} >= 50"),
    )
    load.tell(builder, finished=finished)
    run_dir = builder.write()
    load.write(run_dir)
    return judge(run_dir)


def test_fifty_users_who_are_served_open_the_gate(builder: RunBuilder) -> None:
    """The objectives of its phase hold, the books close, the generator was healthy: GO."""
    verdict = verdict_on(builder, ClosedLoad())
    assert verdict.exit_code is ExitCode.GO, verdict.summary
    books = about(verdict, "load closed: books").reason
    begun, _, rest = books.partition(" begun = ")
    assert rest.startswith(f"{begun} ok + 0 failed")
    assert about(verdict, "closed-model load ran as planned").result is Result.PASS


@pytest.mark.parametrize(
    "text", ["error_rate < 1%", "availability > 99.5%", "p95(response){name=*} < 2s"]
)
def test_it_does_not_count_in_the_steady_phase(builder: RunBuilder, text: str) -> None:
    """Objectives without a phase are about the open-model load only, and its names."""
    load = ClosedLoad(failing={1: Outcome.TIMEOUT})
    load.tell(builder)
    run_dir = builder.write()
    load.write(run_dir)
    found = judge_objective(RunView.load(run_dir), parse_objective(text))
    assert {each.result for each in found} == {Result.PASS}
    assert sum(each.n for each in found) == 1200


def test_its_failures_count_in_its_own_phase(builder: RunBuilder) -> None:
    """A tenth of the requests in flight at the end: a proven FAIL, NO-GO."""
    load = ClosedLoad(failing={10: Outcome.IN_FLIGHT})
    judgement = judged(builder, load, "error_rate{phase=closed} < 1%")
    assert judgement.result is Result.FAIL
    assert judgement.observed == pytest.approx(10.0, abs=0.1)


def test_users_are_counted_while_they_are_there(builder: RunBuilder) -> None:
    """Users that were there for half of the time count; the ramp does not lower the number."""
    judgement = judged(builder, ClosedLoad(ramp_s=5.0), "users{phase=closed} >= 50")
    assert (judgement.result, judgement.observed) == (Result.PASS, 50.0)


@pytest.mark.parametrize(
    ("load", "seen"),
    [
        (ClosedLoad(users=40), 40.0),
        (ClosedLoad(ramp_s=15.0), 25.0),
        (ClosedLoad(lost_s={1: 5.0}), 25.0),
    ],
)
def test_too_few_users_are_no_fault_of_the_system(
    builder: RunBuilder, load: ClosedLoad, seen: float
) -> None:
    """Fewer users started, they started too late, or half of them were lost: INCONCLUSIVE."""
    judgement = judged(builder, load, "users{phase=closed} >= 50")
    assert judgement.result is Result.INCONCLUSIVE
    assert judgement.observed == pytest.approx(seen, abs=1.0)
    assert "the generator did not start enough users" in judgement.reason


def test_users_without_a_closed_model_load(builder: RunBuilder) -> None:
    """Without a load of that model it is INCONCLUSIVE, and the valid phases are named."""
    (judgement,) = judge_objective(
        RunView.load(builder.write()), parse_objective("users{phase=closed} >= 50")
    )
    assert judgement.result is Result.INCONCLUSIVE


def test_a_lost_worker_makes_the_run_inconclusive(builder: RunBuilder) -> None:
    """It is named with cause and lost requests; none of its requests counts as dropped."""
    verdict = verdict_on(builder, ClosedLoad(lost_s={1: 5.0}))
    assert verdict.exit_code is ExitCode.INCONCLUSIVE
    assert verdict.summary.startswith(
        "INCONCLUSIVE: worker 1 of load closed was lost: killed by SIGKILL"
    )
    found = finding(verdict, "load-worker-lost")
    assert "5.0 s into the load; about 25 of its 50 users went with it, 25 requests" in found.detail
    books = about(verdict, "load closed: books")
    assert books.result is Result.INCONCLUSIVE
    assert "worker 1 was lost 5.0 s into it" in books.reason
    assert about(verdict, "load closed: generator").result is Result.PASS


def test_a_worker_lost_does_not_hide_a_bad_system(builder: RunBuilder) -> None:
    """A proven FAIL stays NO-GO, also when a worker was lost."""
    load = ClosedLoad(lost_s={1: 5.0}, failing={4: Outcome.RESET})
    assert verdict_on(builder, load).exit_code is ExitCode.NO_GO


def test_silence_of_a_living_worker_is_dropped(builder: RunBuilder) -> None:
    """A begun request without a record, of a worker that lived: an unhealthy generator."""
    load = ClosedLoad()
    load.tell(builder)
    run_dir = builder.write()
    load.write(run_dir)
    records = run_dir / "records" / "closed" / "0.records"
    records.write_bytes(records.read_bytes()[: -RECORD.itemsize])
    generator = about(judge(run_dir), "load closed: generator")
    assert generator.result is Result.INCONCLUSIVE
    assert "1 of" in generator.reason


def test_a_generator_that_is_late_is_unhealthy(builder: RunBuilder) -> None:
    """When users send 300 ms late, the load is not the planned one."""
    verdict = verdict_on(builder, ClosedLoad(lag_ms=300.0))
    assert "p95 of its lag is 300 ms, 250 ms at most" in about(
        verdict, "load closed: generator"
    ).reason  # fmt: skip
    assert verdict.exit_code is ExitCode.INCONCLUSIVE


def test_users_who_were_planned_must_come(builder: RunBuilder) -> None:
    """A profile with users and no such load is INCONCLUSIVE, and so is one without an end."""
    plan = builder.plan
    builder.plan = replace(plan, profile=replace(plan.profile, users=50))
    judgement = about(judge(builder.write()), "closed-model load ran as planned")
    assert "50 users were planned and there were none" in judgement.reason


def test_a_load_without_an_end_did_not_run_as_planned(builder: RunBuilder) -> None:
    """Its generator died: a judgement of its own says so."""
    verdict = verdict_on(builder, ClosedLoad(), finished=False)
    judgement = about(verdict, "closed-model load ran as planned")
    assert judgement.reason == "load closed did not finish"
    assert verdict.exit_code is ExitCode.INCONCLUSIVE


@pytest.mark.parametrize(("failing", "fires"), [({2: Outcome.RESET}, True), ({}, False)])
def test_a_stop_condition_of_its_phase(
    builder: RunBuilder, failing: dict[int, Outcome], fires: bool
) -> None:
    """It is watched while the load lasts, on what was begun so far, and not after its end."""
    load = ClosedLoad(failing=failing)
    load.tell(builder)
    run_dir = builder.write()
    load.write(run_dir)
    text = "error_rate{phase=closed} < 10% over 5s, abort after 2s"
    evaluator = StopConditionEvaluator([parse_objective(text)])
    events = sorted(EventTail(run_dir).new_events(), key=lambda event: event.mono_ns)
    records = read_records(run_dir)
    found = {}
    for second in range(62, 80):
        until_ns = ns(second)
        new = [each for each in events if each.mono_ns <= until_ns]
        events = [each for each in events if each.mono_ns > until_ns]
        found[second] = evaluator.update(
            new, [_until(each, until_ns) for each in records], until_ns
        )
    assert bool(found[70]) == fires
    assert not found[62]
    assert not found[79]


def _until(load: LoadRecords, until_ns: int) -> LoadRecords:
    done_ns = load.records["done_ns"]
    recent = (done_ns <= until_ns) & (done_ns > until_ns - 1_000_000_000)
    begun = load.schedule["intended_ns"] <= until_ns
    if load.header.load != "closed":
        begun |= True
    return replace(load, records=load.records[recent], schedule=load.schedule[begun])


@pytest.mark.parametrize("users", [0, 5, 49])
def test_fewer_users_than_planned_did_not_run_as_planned(builder: RunBuilder, users: int) -> None:
    """Also without an objective about users: the measured load is not the planned one."""
    plan = builder.plan
    builder.plan = replace(plan, profile=replace(plan.profile, users=50))
    load = ClosedLoad(users=users)
    load.tell(builder)
    load.write(builder.write())
    verdict = judge(builder.run_dir)
    judgement = about(verdict, "closed-model load ran as planned")
    assert judgement.reason == f"50 users were planned and {users} were there at once"
    assert verdict.exit_code is ExitCode.INCONCLUSIVE
