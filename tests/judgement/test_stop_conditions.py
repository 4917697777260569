"""Stop conditions fire after a lasting violation and not before."""

import time
from pathlib import Path

from gonogo.judgement import (
    StopConditionMonitor,
    Violation,
    parse_objective,
)
from gonogo.observation import event_line, mono_ns
from gonogo.vocabulary import Event, Occurrence, Outcome
from gonogo.vocabulary.events import LoadFinished, PhaseStarted, ResourceSampled
from tests.judgement.looking import replayed
from tests.run_builder import RunBuilder, ns

P95 = "p95(response) < 2s over 5s, abort after 3s"
ERRORS = "error_rate{phase=faults} < 10% over 5s, abort after 3s"


def _first(builder: RunBuilder, text: str) -> tuple[float, Violation] | None:
    fired = ((second, found[0]) for second, found in replayed(builder, text) if found)
    return next(fired, None)


def test_a_good_run_is_not_aborted(builder: RunBuilder) -> None:
    """Without a violation no condition fires, in any phase."""
    assert _first(builder, P95) is None
    assert _first(builder, ERRORS) is None
    assert _first(builder, "memory(*) max < 85% over 5s, abort after 3s") is None


def test_a_frozen_server_is_seen_by_the_age_of_its_requests(builder: RunBuilder) -> None:
    """Frozen from 15 s on, without a further record: aborted within 10 s of the freeze."""
    steady = builder.loads["steady"]
    frozen = steady.window(15.0, 40.0)
    steady.records["done_ns"][frozen] = ns(45.0)
    fired = _first(builder, P95)
    assert fired is not None
    assert 18.0 <= fired[0] <= 25.0
    assert fired[1].lasted_s >= 3.0
    assert fired[1].observed > 2.0
    assert P95 in fired[1].text


def test_errors_in_their_phase_fire(builder: RunBuilder) -> None:
    """Errors of the background load from 60 s on: fires after 3 s of violation."""
    background = builder.loads["background"]
    background.fail(background.window(60.0, 80.0), Outcome.HTTP_ERROR)
    fired = _first(builder, ERRORS)
    assert fired is not None
    assert 63.0 <= fired[0] <= 66.0


def test_a_short_violation_does_not_fire(builder: RunBuilder) -> None:
    """Errors of half a second leave the window before ``abort after`` is over."""
    background = builder.loads["background"]
    background.fail(background.window(60.0, 60.6))
    assert _first(builder, "error_rate{phase=faults} < 10% over 2s, abort after 4s") is None


def test_a_condition_of_a_fault_holds_only_while_it_is_armed(builder: RunBuilder) -> None:
    """Errors before the fault is armed and after its healing do not count."""
    background = builder.loads["background"]
    background.fail(background.window(40.0, 51.0))
    text = "error_rate{phase=fault:*} < 10% over 1s, abort after 1s"
    assert _first(builder, text) is None
    background.slow(background.window(36.0, 39.0), 100.0)
    background.fail(background.window(36.0, 39.0))
    fired = _first(builder, text)
    assert fired is not None
    assert "[phase=fault:store-pause]" in fired[1].subject


def test_a_name_wildcard_fires_for_the_slow_one(builder: RunBuilder) -> None:
    """Half the mix is slow: the violation names the operation."""
    steady = builder.loads["steady"]
    steady.slow(steady.records["name_id"] == 1, 3000.0)
    fired = _first(builder, "p50(response){name=*} < 2s over 5s, abort after 3s")
    assert fired is not None
    assert fired[1].subject.endswith("[name=write]")


def test_a_slow_minority_does_not_move_the_median(builder: RunBuilder) -> None:
    """A third of the requests at 9 s: the mean is violated, the median is not."""
    builder.loads["steady"].slow(slice(0, 1200, 3), 9000.0)
    assert _first(builder, "p50(response) < 2s over 5s, abort after 1s") is None
    assert _first(builder, "mean(response) < 2s over 5s, abort after 1s") is not None


def test_memory_fires(builder: RunBuilder) -> None:
    """A service above its limit for long enough is a reason to abort."""
    builder.change(ResourceSampled, {"service": "store"}, memory_percent=97.0)
    fired = _first(builder, "memory(*) mean < 90% over 5s, abort after 3s")
    assert fired is not None
    assert fired[1].subject.endswith("[service=store]")
    assert fired[1].observed == 97.0


def test_a_finished_load_is_not_waited_for(builder: RunBuilder) -> None:
    """Rows that were not sent because the load was stopped early are not a freeze."""
    background = builder.loads["background"]
    background.records = background.records[background.window(0.0, 50.0)]
    builder.drop(LoadFinished, load="background")
    builder.event(LoadFinished("background", ns(50.0), stopped_early=True), 50.0)
    assert _first(builder, "p95(response){phase=faults} < 5s over 5s, abort after 3s") is None


def test_the_monitor_follows_the_files(builder: RunBuilder) -> None:
    """It reads what is appended to a run directory, and fires on the real clock."""
    text = "mean(cpu){service=*} < 50% over 60s, abort after 100ms"
    run_dir = _live_run_dir(builder, cpu_percent=90.0)
    monitor = StopConditionMonitor(run_dir, [parse_objective(text)])
    assert monitor.poll() is None
    time.sleep(0.12)
    violation = monitor.poll()
    assert violation is not None
    assert violation.subject == f"{text} [service=api]"


def test_the_monitor_without_conditions_is_idle(tmp_path: Path) -> None:
    """Without a stop condition, or before the run directory exists, nothing fires."""
    assert StopConditionMonitor(tmp_path, [parse_objective("error_rate < 1%")]).poll() is None
    assert StopConditionMonitor(tmp_path / "later", [parse_objective(P95)]).poll() is None


def _live_run_dir(builder: RunBuilder, cpu_percent: float) -> Path:
    folder = builder.run_dir / "events"
    folder.mkdir(parents=True)
    rows: list[Occurrence] = [
        PhaseStarted("load"),
        *[ResourceSampled("api", cpu_percent=cpu_percent)] * 5,
    ]
    lines = [
        event_line(Event("run-1", "harness", seq, "b", mono_ns(), "", what))
        for seq, what in enumerate(rows)
    ]
    (folder / "harness.ndjson").write_bytes(b"".join(lines))
    return builder.run_dir
