"""Signals and full disks while a system starts or stops: the stop is always completed."""

import contextlib
import errno
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gonogo.backends import PROCESSES, SupervisedEnvironment
from gonogo.linux import deferred_signals, processes_of_run, wait_until
from gonogo.ownership import read_snapshot
from gonogo.target import Readiness
from gonogo.vocabulary import EnvironmentFailed, UsageError
from gonogo.vocabulary.events import ErrorOccurred
from tests.backends.builders import Memory, redis, stay, target, web
from tests.backends.conftest import Start

MOMENT_S_MAX = 60.0
DISK_BYTES = 512 * 1024
BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


def _phase(run_dir: Path) -> str:
    try:
        return read_snapshot(run_dir).phase
    except UsageError:
        return ""


@contextmanager
def _signalled(number: int, when: Callable[[], bool]) -> Iterator[threading.Event]:
    """The process gets that signal as soon as something holds, and both raise as in the gate."""
    sent = threading.Event()

    def send() -> None:
        assert wait_until(when, MOMENT_S_MAX, interval_s=0.001)
        os.kill(os.getpid(), number)
        sent.set()

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield sent
    finally:
        thread.join()
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _waiting_in_stop(system: SupervisedEnvironment, sent: threading.Event) -> Iterator[None]:
    """The stop is still under way when the signal comes, however late that is."""
    tell = system._try_phase

    def held(phase: str) -> None:
        tell(phase)
        if phase == "stopping":
            assert sent.wait(MOMENT_S_MAX)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(system, "_try_phase", held)
        yield


def _assert_nothing_is_left(run: str, run_dir: Path) -> None:
    assert processes_of_run(run, logs=(run_dir / "logs").glob("*.log")) == []
    assert not (run_dir / "state").exists()
    assert _phase(run_dir) == "ended"


@BOTH
def test_a_signal_waits_until_the_block_is_over(number: int) -> None:
    """Although other threads may get the signal, it is raised once, after the block."""
    begun, done = threading.Event(), threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    steps: list[str] = []
    with pytest.raises(KeyboardInterrupt), _signalled(number, begun.is_set):  # noqa: PT012
        with deferred_signals() as outer:
            begun.set()
            with deferred_signals() as inner:
                assert wait_until(lambda: inner.arrived, MOMENT_S_MAX)
                os.kill(os.getpid(), number)
                steps.append("inner")
            with pytest.raises(KeyboardInterrupt):
                outer.check()
            steps.append("outer")
        steps.append("after")
    done.set()
    other.join()
    assert steps == ["inner", "outer"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_ignored_signal_stays_ignored() -> None:
    """When the gate was started with SIGINT ignored (``nohup``), it stays ignored."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with deferred_signals() as signals:
            os.kill(os.getpid(), signal.SIGINT)
        assert not signals.arrived
    finally:
        signal.signal(signal.SIGINT, before)


@BOTH
def test_a_first_signal_while_stopping_leaves_nothing(
    environment: Start, run: str, run_dir: Path, memory: Memory, number: int
) -> None:
    """The stop is completed, redis included, and the interruption is raised after it."""
    deaf = stay("deaf", "deaf", stop_grace_s=0.5, depends_on={"redis": "service_started"})
    system = environment(redis(), deaf)
    with (
        pytest.raises(KeyboardInterrupt),
        _signalled(number, lambda: _phase(run_dir) == "stopping") as sent,
        _waiting_in_stop(system, sent),
        system,
    ):
        pass
    assert memory.order()[-2:] == ["deaf stopped", "redis stopped"]
    _assert_nothing_is_left(run, run_dir)


@BOTH
def test_a_first_signal_while_starting_leaves_nothing(
    environment: Start, run: str, run_dir: Path, memory: Memory, number: int
) -> None:
    """The start is aborted at once and what was started is stopped; a second signal is ignored."""
    mute = stay("mute", "deaf", stop_grace_s=0.5, ready=Readiness(log="never", timeout_s=600))
    system = environment(web(), mute)
    with (
        pytest.raises(KeyboardInterrupt),
        _signalled(number, lambda: _phase(run_dir) == "stopping") as sent,
        _signalled(number, lambda: "mute starting" in memory.order()),
        _waiting_in_stop(system, sent),
        system,
    ):
        pytest.fail("it never becomes ready")
    assert memory.states("mute")[-1] == "stopped"
    _assert_nothing_is_left(run, run_dir)


def test_what_cannot_be_written_at_the_start_fails_the_environment(
    environment: Start, run_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fills up during the start is exit 6 with the reason, not a traceback."""
    started = environment(web())

    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(started, "_publish", full)
    with pytest.raises(EnvironmentFailed, match="No space left"), started:
        pass
    assert not (run_dir / "state").exists()


def test_what_cannot_be_written_is_stopped_all_the_same(
    environment: Start, run: str, run_dir: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the state cannot be written any more, the services end, and the error is recorded."""
    with environment(web(), redis()) as system:

        def full() -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(system, "_publish", full)
    assert processes_of_run(run, logs=(run_dir / "logs").glob("*.log")) == []
    assert not (run_dir / "state").exists()
    told = memory.of(ErrorOccurred)[-1]
    assert (told.error, told.exit_code) == ("EnvironmentFailed", 6)
    assert "No space left" in told.what


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system that is soon full."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("a full disk needs mount, which is not installed")
    if mounted.returncode != 0:
        pytest.skip(f"a full disk needs the right to mount one: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def _fill(disk: Path) -> None:
    with (disk / "fill").open("wb", 0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            continue


def test_a_full_disk_does_not_keep_anything_running(
    small_disk: Path, tmp_path: Path, run: str, memory: Memory
) -> None:
    """Without a free byte at the end, every service is stopped and the error is recorded."""
    run_dir = small_disk / run
    small = target(tmp_path, web(restart="always"), redis())
    with PROCESSES.environment(small, run_dir, run, memory):
        _fill(small_disk)
    assert processes_of_run(run, logs=(run_dir / "logs").glob("*.log")) == []
    assert not (run_dir / "state").exists()
    assert memory.of(ErrorOccurred)[-1].exit_code == 6


def test_a_full_disk_at_the_start_fails_the_environment(
    small_disk: Path, tmp_path: Path, run: str, memory: Memory
) -> None:
    """It is exit 6 with the reason, not a traceback and not a failure of the system."""
    _fill(small_disk)
    small = target(tmp_path, web())
    with (
        pytest.raises(EnvironmentFailed, match="No space left"),
        PROCESSES.environment(small, small_disk / run, run, memory),
    ):
        pass
    assert processes_of_run(run) == []
