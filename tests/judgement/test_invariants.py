"""Damaged evidence never leads to GO: books, phases, writers."""

from pathlib import Path

import numpy as np
import pytest

from gonogo.judgement import judge
from gonogo.vocabulary import ExitCode, Occurrence, Outcome, Result
from gonogo.vocabulary.events import (
    ExpectationChecked,
    LoadFinished,
    Note,
    PhaseFinished,
    PhaseStarted,
    RunFinished,
    RunStarted,
    StopRequested,
    TestFinished,
)
from tests.judgement.looking import about, finding, verdict_on
from tests.run_builder import RunBuilder, go_builder


def test_the_books_name_every_part(builder: RunBuilder) -> None:
    """The judgement shows: due = ok + failed + timed out + in flight + dropped."""
    steady = builder.loads["steady"]
    steady.fail(0, Outcome.HTTP_ERROR)
    steady.fail(1, Outcome.TIMEOUT)
    steady.fail(2, Outcome.IN_FLIGHT)
    judged = about(verdict_on(builder), "load steady: books")
    assert judged.result is Result.PASS
    assert judged.reason == "1200 due = 1197 ok + 1 failed + 1 timed out + 1 in flight + 0 dropped"
    assert judged.category == "invariant"


def test_dropped_requests_are_an_unhealthy_generator(builder: RunBuilder) -> None:
    """A request that was scheduled and never recorded makes the run INCONCLUSIVE."""
    builder.loads["steady"].drop([5])
    verdict = verdict_on(builder)
    judged = about(verdict, "load steady: generator")
    assert judged.result is Result.INCONCLUSIVE
    assert judged.reason == "unhealthy generator: 1 of 1200 requests dropped"
    assert verdict.exit_code is ExitCode.INCONCLUSIVE


def test_a_late_generator_is_unhealthy(builder: RunBuilder) -> None:
    """2 % of the requests sent 150 ms late: p99 of the lag is above its limit."""
    records = builder.loads["steady"].records
    records["sent_ns"][::50] = records["intended_ns"][::50] + 150_000_000
    judged = about(verdict_on(builder), "load steady: generator")
    assert judged.result is Result.INCONCLUSIVE
    assert "p99 of its lag is 150 ms" in judged.reason


def test_a_load_without_a_record_is_unhealthy(builder: RunBuilder) -> None:
    """Without a record it is INCONCLUSIVE, and the reason says so."""
    builder.loads["steady"].drop(slice(None))
    assert about(verdict_on(builder), "load steady: generator").result is Result.INCONCLUSIVE


def test_records_must_agree_with_the_schedule(builder: RunBuilder) -> None:
    """A record whose intended time was moved is found."""
    builder.loads["steady"].records["intended_ns"][3] += 1
    judged = about(verdict_on(builder), "load steady: books")
    assert judged.result is Result.INCONCLUSIVE
    assert "1 records differ from the schedule" in judged.reason


def test_unscheduled_records_do_not_add_up(builder: RunBuilder) -> None:
    """A sequence number that is not in the schedule is found."""
    builder.loads["steady"].records["seq"][3] = 9999
    judged = about(verdict_on(builder), "load steady: books")
    assert judged.result is Result.INCONCLUSIVE
    assert "never scheduled" in judged.reason


def test_a_request_recorded_twice_opens_the_books(builder: RunBuilder) -> None:
    """Two records of one request are found."""
    steady = builder.loads["steady"]
    steady.records = np.concatenate([steady.records, steady.records[:1]])
    judged = about(verdict_on(builder), "load steady: books")
    assert judged.result is Result.INCONCLUSIVE
    assert "1 requests recorded twice" in judged.reason


def test_a_short_schedule_is_found(builder: RunBuilder) -> None:
    """Fewer rows than the generator announced, and than the profile planned."""
    steady = builder.loads["steady"]
    steady.schedule, steady.records = steady.schedule[:1000], steady.records[:1000]
    verdict = verdict_on(builder)
    assert "1200 planned but 1000" in about(verdict, "load steady: books").reason
    assert "1000 were due" in about(verdict, "steady load ran").reason


def _kill_generator(builder: RunBuilder, name: str, phase: str, start_s: float) -> None:
    """The generator of a load of 20 s dies after 400 requests, two of them unanswered."""
    builder.forget_load(name)
    load = builder.load(
        name, phase=phase, start_s=start_s, count=1200, finished=False, writer=f"load-{name}"
    )
    builder.open_writers.add(f"load-{name}")
    load.drop(slice(400, None))
    load.drop([100, 200])
    builder.ledger(name, 74.0)


def test_a_dead_generator_owes_what_was_due_while_it_lived(builder: RunBuilder) -> None:
    """The schedule ends at its last sign of life, 6.67 s after the start of the load."""
    _kill_generator(builder, "steady", "load", 10.0)
    verdict = verdict_on(builder)
    judged = about(verdict, "load steady: books")
    assert judged.result is Result.INCONCLUSIVE
    assert "died 6.7 s into it with 3 requests in flight" in judged.reason
    assert judged.n == 401
    found = finding(verdict, "generator-died")
    assert found.result is Result.INCONCLUSIVE
    assert "logs/load-steady.log" in found.hint
    assert "of 1200 requests 401 were due by then, 3 without an answer" in found.detail
    assert verdict.summary.startswith("INCONCLUSIVE: the generator of load steady died")


@pytest.mark.parametrize(
    ("name", "phase", "start_s"), [("steady", "load", 10.0), ("background", "faults", 32.0)]
)
def test_a_load_whose_generator_died_did_not_run_as_planned(
    builder: RunBuilder, name: str, phase: str, start_s: float
) -> None:
    """When a generator died, no judgement says that its load ran as planned."""
    _kill_generator(builder, name, phase, start_s)
    judged = about(verdict_on(builder), f"{name} load ran as planned")
    assert judged.result is Result.INCONCLUSIVE
    assert f"load {name} did not finish" in judged.reason


def test_a_generator_that_died_at_the_last_request_did_not_run_as_planned(
    builder: RunBuilder,
) -> None:
    """Every request was due and recorded, but the load has no end event."""
    builder.drop(LoadFinished, load="steady")
    judged = about(verdict_on(builder), "steady load ran as planned")
    assert judged.reason == "load steady did not finish"
    assert judged.n == 1200


@pytest.mark.parametrize("condition", ["budget", "signal"])
def test_a_generator_that_the_harness_ended_did_not_die(
    builder: RunBuilder, condition: str
) -> None:
    """When a run was stopped, the stop is the cause, not the generator."""
    _kill_generator(builder, "steady", "load", 10.0)
    builder.event(StopRequested(reason="because", condition=condition), 17.0)
    assert "generator-died" not in {each.cause for each in verdict_on(builder).findings}


@pytest.mark.parametrize(("name", "subject"), [("steady", "steady"), ("background", "background")])
def test_a_planned_load_that_never_ran_is_found(
    builder: RunBuilder, name: str, subject: str
) -> None:
    """The profile planned a load and there is none."""
    builder.forget_load(name)
    judged = about(verdict_on(builder), f"{subject} load ran as planned")
    assert judged.result is Result.INCONCLUSIVE


def test_a_load_whose_files_are_gone_is_found(builder: RunBuilder) -> None:
    """A started load without files is INCONCLUSIVE."""
    builder.loads.pop("background")
    judged = about(verdict_on(builder), "load background: books")
    assert judged.result is Result.INCONCLUSIVE


def test_an_early_stop_owes_what_was_due(builder: RunBuilder) -> None:
    """Stopped early, a generator still sent everything due until then: one missing is dropped."""
    builder.loads["background"].drop([799])
    judged = about(verdict_on(builder), "load background: generator")
    assert judged.reason == "unhealthy generator: 1 of 800 requests dropped"


@pytest.mark.parametrize("kind", [PhaseStarted, PhaseFinished])
def test_every_planned_phase_must_start_and_finish(
    builder: RunBuilder, kind: type[Occurrence]
) -> None:
    """A phase without its start or its end is INCONCLUSIVE."""
    builder.drop(kind, phase="ledger")
    verdict = verdict_on(builder)
    assert about(verdict, "phase ledger ran").result is Result.INCONCLUSIVE
    assert verdict.exit_code is ExitCode.INCONCLUSIVE


@pytest.mark.parametrize(
    ("code", "reason"),
    [(5, "collected no test"), (2, "was interrupted"), (3, "failed internally"), (-9, "-9"),
     (1, "no test of it is recorded as failed")],
)  # fmt: skip
def test_a_phase_that_ended_badly_is_found(builder: RunBuilder, code: int, reason: str) -> None:
    """An exit code of pytest that does not follow from its tests is INCONCLUSIVE."""
    builder.change(PhaseFinished, {"phase": "ledger"}, exit_code=code)
    judged = about(verdict_on(builder), "phase ledger ran")
    assert judged.result is Result.INCONCLUSIVE
    assert reason in judged.reason


def test_a_phase_with_only_skips_is_inconclusive(builder: RunBuilder) -> None:
    """A phase with only skipped tests is INCONCLUSIVE."""
    builder.change(TestFinished, {"phase": "ledger"}, outcome="skipped", message="no store")
    builder.drop(ExpectationChecked, test="consistency/test_ledger.py::test_ledger")
    verdict = verdict_on(builder)
    assert about(verdict, "phase ledger ran").result is Result.INCONCLUSIVE
    skipped = finding(verdict, "test-skipped")
    assert skipped.result is Result.INCONCLUSIVE
    assert "no store" in skipped.title


def test_a_killed_worker_is_found(builder: RunBuilder) -> None:
    """When a writer did not close its file, evidence may be missing."""
    builder.event(Note(text="hello"), 5.0, writer="pytest-gw0")
    assert verdict_on(builder).exit_code is ExitCode.GO
    builder.open_writers.add("pytest-gw0")
    verdict = verdict_on(builder)
    assert "pytest-gw0 was killed" in about(verdict, "the event log is whole").reason
    assert verdict.exit_code is ExitCode.INCONCLUSIVE


def test_a_killed_harness_is_a_killed_run(builder: RunBuilder) -> None:
    """The harness's own log without a close: INCONCLUSIVE, and the summary names it."""
    builder.open_writers.add("harness")
    builder.drop(RunFinished)
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.INCONCLUSIVE
    assert verdict.summary.startswith("INCONCLUSIVE: the run was killed before it finished")


def test_missing_lines_are_found(builder: RunBuilder) -> None:
    """A gap in the numbering of a writer means lost evidence."""
    path = builder.write() / "events" / "harness.ndjson"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:40] + lines[41:]))
    judged = about(judge(builder.run_dir), "the event log is whole")
    assert judged.result is Result.INCONCLUSIVE
    assert "lines of harness are missing" in judged.reason


def test_a_reboot_is_found(tmp_path: Path) -> None:
    """Monotonic times of two boots do not compare."""
    path = go_builder(tmp_path / "run-1").write() / "events" / "harness.ndjson"
    lines = path.read_text().splitlines(keepends=True)
    lines[-1] = lines[-1].replace("8000-000000000001", "8000-000000000002")
    path.write_text("".join(lines))
    assert "restarted" in about(judge(path.parents[1]), "the event log is whole").reason


@pytest.mark.parametrize("kind", [RunStarted, RunFinished])
def test_a_harness_that_closed_its_log_without_finishing_is_found(
    builder: RunBuilder, kind: type[Occurrence]
) -> None:
    """A run without a start or an end event is INCONCLUSIVE."""
    builder.drop(kind)
    assert finding(verdict_on(builder), "run-killed").result is Result.INCONCLUSIVE
