"""Guard, stop signal, interruption, watchdog: each ends a run once, with its reason."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gonogo.backends import PROCESSES
from gonogo.gate import guard as room
from gonogo.gate.guard import Guard
from gonogo.gate.interrupt import interruptible
from gonogo.gate.live import following
from gonogo.gate.owner import owned
from gonogo.gate.stop import StopSignal
from gonogo.judgement import parse_objective
from gonogo.observation import EDGES_LOST, EventLog, read_events, record_error
from gonogo.vocabulary import EnvironmentFailed
from gonogo.vocabulary.events import PhaseFinished, PhaseStarted, ResourceSampled, StopRequested

WAIT_S_MAX = 10.0
HUNGRY = parse_objective("memory(*) max < 85% over 60s, abort after 0.1s")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    """The run's own event log."""
    with EventLog(tmp_path, tmp_path.name, "harness", "harness") as opened:
        yield opened


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard checks often."""
    monkeypatch.setattr(room, "POLL_S", 0.02)


def stops(run_dir: Path) -> list[tuple[str, str]]:
    """Condition and reason of each STOP."""
    found = read_events(run_dir).of(StopRequested)
    return [(each.what.condition, each.what.reason) for each in found]


def sample(log: EventLog, memory_percent: float) -> None:
    """One resource sample of one service."""
    log.record(ResourceSampled("web", 1.0, memory_percent, rss_bytes=1, threads=1, fds=1))


def test_the_budget(tmp_path: Path, log: EventLog) -> None:
    """When the wall time is over the stop signal is raised once, with the budget as cause."""
    stop = StopSignal()
    with Guard(tmp_path, [], 0.1, log, stop):
        assert stop.wait(WAIT_S_MAX)
    assert stops(tmp_path) == [("budget", "the run took longer than its 0.1 s")]


def test_a_stop_condition(tmp_path: Path, log: EventLog) -> None:
    """A violation that lasts raises the stop signal, with the objective's text."""
    stop = StopSignal()
    log.record(PhaseStarted(phase="load"))
    with Guard(tmp_path, [HUNGRY], 60.0, log, stop):
        for _ in range(20):
            sample(log, 99.0)
        assert stop.wait(WAIT_S_MAX)
    ((condition, reason),) = stops(tmp_path)
    assert condition == "stop-condition"
    assert "memory(*) max < 85%" in reason


def test_a_dead_proxy(tmp_path: Path, log: EventLog) -> None:
    """Its death ends the run at once, because later results prove nothing; other errors do not."""
    stop = StopSignal()
    record_error(log, EnvironmentFailed("something else"))
    with Guard(tmp_path, [], 60.0, log, stop):
        record_error(log, EnvironmentFailed("the fault proxy died"), name=EDGES_LOST)
        assert stop.wait(WAIT_S_MAX)
    assert stops(tmp_path) == [("edges-lost", "the fault proxy died")]


def test_a_good_run_is_left_alone(tmp_path: Path, log: EventLog) -> None:
    """Within budget and limits the guard raises nothing."""
    stop, looks = StopSignal(), threading.Semaphore(0)
    log.record(PhaseStarted(phase="load"))
    for _ in range(20):
        sample(log, 20.0)
    guard = Guard(tmp_path, [HUNGRY], 60.0, log, stop)
    poll = guard._monitor.poll

    def counted() -> object:
        looks.release()
        return poll()

    guard._monitor.poll = counted  # type: ignore[method-assign, assignment]
    with guard:
        assert all(looks.acquire(timeout=WAIT_S_MAX) for _ in range(12))
    assert not stop
    assert stops(tmp_path) == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_guard_that_fails_stops_the_run(tmp_path: Path, log: EventLog) -> None:
    """A run does not continue without its guard: a file that it cannot read ends the run."""
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "steady.json").write_text('{"load": "steady"}')
    stop = StopSignal()
    with Guard(tmp_path, [HUNGRY], 60.0, log, stop):
        assert stop.wait(WAIT_S_MAX)
    assert stop.reason.startswith("the guard failed: ")
    assert [condition for condition, _ in stops(tmp_path)] == ["guard"]


def test_the_first_reason_stays() -> None:
    """When many raise the stop signal at once, the reason of the first one is kept."""
    stop, start = StopSignal(), threading.Barrier(8)
    first: list[str] = []

    def throw(reason: str) -> None:
        start.wait(WAIT_S_MAX)
        if stop.set(reason):
            first.append(reason)

    assert not stop
    assert not stop.wait(0)
    threads = [threading.Thread(target=throw, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S_MAX)
    assert first == [stop.reason]
    assert stop
    assert stop.wait(0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_interrupt_once(number: signal.Signals) -> None:
    """Both signals interrupt; later ones are ignored during cleanup; handlers are restored."""
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    cleaned = False
    with pytest.raises(KeyboardInterrupt), interruptible():  # noqa: PT012 - the block is the test
        try:
            os.kill(os.getpid(), number)
            signal.pause()
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)
            cleaned = True
    assert cleaned
    assert {each: signal.getsignal(each) for each in before} == before


def test_without_its_watchdog_a_run_ends(tmp_path: Path, log: EventLog) -> None:
    """When the watchdog is killed, the run ends as a failed environment, not as interrupted."""
    stop = StopSignal()
    with (  # noqa: PT012 - the block is the test
        pytest.raises(EnvironmentFailed, match="watchdog died"),
        interruptible(),
        owned(tmp_path, stop, log, PROCESSES),
    ):
        (pid,) = _watchdogs(tmp_path)
        os.kill(pid, signal.SIGKILL)
        stop.wait(WAIT_S_MAX)
        signal.pause()
    assert [condition for condition, _ in stops(tmp_path)] == ["watchdog"]


def test_a_run_that_ends_ends_its_watchdog(tmp_path: Path, log: EventLog) -> None:
    """After a clean end no watchdog is left, and no stop was recorded."""
    with owned(tmp_path, StopSignal(), log, PROCESSES):
        assert len(_watchdogs(tmp_path)) == 1
    assert _watchdogs(tmp_path) == []
    assert stops(tmp_path) == []


def _watchdogs(run_dir: Path) -> list[int]:
    listed = subprocess.run(
        ["pgrep", "-f", f"gonogo.gate.watchdog_process {run_dir}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return [int(line) for line in listed.stdout.split()]


def test_progress_follows_to_the_end(
    tmp_path: Path, log: EventLog, capfd: pytest.CaptureFixture[str]
) -> None:
    """Progress shows all events up to the end of the block, and its thread ends with it."""
    with following(tmp_path):
        log.record(PhaseStarted(phase="contract"))
        log.record(PhaseFinished(phase="contract", exit_code=0))
    assert "contract" in capfd.readouterr().err
    assert [each.name for each in threading.enumerate() if each.name == "progress"] == []
