"""The watchdog: nothing of a run outlives its harness, and the harness stops without a watchdog."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gonogo.backends import by_name
from gonogo.linux import identify, processes_of_run, wait_until
from gonogo.observation import read_events
from gonogo.ownership import Snapshot, read_snapshot, spawn_watchdog, sweep_leftovers, watch
from gonogo.ownership.watchdog import _introduction
from gonogo.vocabulary.events import FaultHealed, Note
from gonogo_faults import open_intents
from tests.backends.builders import PATIENCE_S, Memory, soon_ready, web
from tests.backends.conftest import Start

ROOT = Path(__file__).parent.parent.parent
SEED = 20260101
# When in a run the harness is killed: after which output, and at most how long after it.
MOMENTS = [("starting", 0.6), ("running", 0.3), ("arming", 0.4), ("armed", 0.3), ("stopping", 0.6)]
PASS_ON = "import sys; sys.stdin.readline()"


class Owner:
    """A small harness, as a process of its own."""

    def __init__(self, run_dir: Path, run: str, *arguments: str) -> None:
        command = [sys.executable, "-m", "tests.backends.owner", str(run_dir), run, *arguments]
        self.run_dir, self.run = run_dir, run
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, cwd=ROOT,
        )  # fmt: skip

    def until(self, word: str) -> None:
        """Read its output until this line, or until it ends."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.strip() == word:
                return

    def go_on(self) -> None:
        """Let it run to its end."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> int:
        """Kill it; its exit code."""
        self.process.kill()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()
        return self.process.wait(PATIENCE_S)

    def left(self) -> list[str]:
        """What of the run is still there: processes, state, listeners."""
        logs = (self.run_dir / "logs").glob("*.log")
        snapshot = self._snapshot()
        mains = snapshot.mains() if snapshot else []
        found = [f"pid {p.pid}" for p in processes_of_run(self.run, mains=mains, logs=logs)]
        found += [str(path) for path in self.run_dir.glob("state")]
        found += [str(path) for path in self.run_dir.glob(".state*")]
        services = snapshot.services.values() if snapshot else ()
        ports = [at for each in services for _, at in each.endpoints.values()]
        return found + [f"port {port}" for port in ports if port in _listening()]

    def _snapshot(self) -> Snapshot | None:
        path = self.run_dir / "environment.json"
        return read_snapshot(self.run_dir) if path.exists() else None


def _listening() -> set[int]:
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(row[1].split(":")[1], 16) for row in rows if row[3] == "0A"}


@pytest.fixture
def owner(run_dir: Path, run: str) -> Iterator[Owner]:
    """An owner with an armed fault, ended at the latest with the test."""
    process = Owner(run_dir, run, "fault")
    yield process
    process.end()
    assert wait_until(lambda: process.left() == [], PATIENCE_S)


def _kill_at(run_dir: Path, number: int, word: str, delay_s: float) -> tuple[str, list[str]]:
    """One kill: when it was, and what was left after the longest wait."""
    arguments = ("fault",) if word in ("arming", "armed") or number % 2 else ()
    owner = Owner(run_dir, run_dir.name, *arguments)
    owner.until("stopping" if word == "stopping" and _ask_to_stop(owner) else word)
    threading.Event().wait(delay_s)
    owner.end()
    wait_until(lambda: owner.left() == [], PATIENCE_S, interval_s=0.05)
    where = f"kill {number}: {delay_s:.3f} s after {word!r}"
    return where, owner.left() + [f"intent {each.id}" for each in open_intents(run_dir)]


def _ask_to_stop(owner: Owner) -> bool:
    owner.go_on()
    return True


def test_kill_points(tmp_path: Path, run: str) -> None:
    """A kill -9 of the harness at 20 random moments leaves no process, port or fault.

    The moments are spread over start, run, arming, armed fault and stop; the seed is fixed,
    the machine's timing is not. The log of each run still reads. How soon nothing is left is
    measured by ``tests/campaigns/kill_points.py``.
    """
    random_moment = random.Random(SEED)  # noqa: S311 - repeatable moments, no secret
    planned = [
        (number, word, random_moment.uniform(0, limit_s))
        for number, (word, limit_s) in enumerate(MOMENTS * 4)
    ]
    with ThreadPoolExecutor(4) as pool:
        kills = [
            pool.submit(_kill_at, tmp_path / f"{run}-{number}", number, word, delay_s)
            for number, word, delay_s in planned
        ]
        left = dict(kill.result() for kill in kills)
    assert {where: what for where, what in left.items() if what} == {}
    for number, _, _ in planned:
        read_events(tmp_path / f"{run}-{number}")


def test_a_killed_harness_with_an_armed_fault_is_healed_and_swept(owner: Owner) -> None:
    """The journal has no open intent, the sweep is on record, and no stopped process is left."""
    owner.until("armed")
    assert len(open_intents(owner.run_dir)) == 1
    owner.end()
    assert wait_until(lambda: owner.left() == [], PATIENCE_S)
    assert wait_until(lambda: read_snapshot(owner.run_dir).phase == "swept", PATIENCE_S)
    assert open_intents(owner.run_dir) == []

    def told() -> bool:
        notes = read_events(owner.run_dir).of(Note)
        told = [each.what.text for each in notes if each.writer == "watchdog"]
        return any("the owner died: killed" in text for text in told)

    assert wait_until(told, PATIENCE_S)
    assert read_events(owner.run_dir).of(FaultHealed)


def test_a_clean_end_is_not_swept(owner: Owner) -> None:
    """After a good-bye the watchdog ends and records nothing."""
    owner.until("armed")
    owner.go_on()
    owner.until("ended")
    assert owner.process.wait(PATIENCE_S) == 0
    assert owner.left() == []
    assert {event.writer for event in read_events(owner.run_dir)} == {"harness"}


def test_the_harness_notices_the_death_of_its_watchdog(owner: Owner) -> None:
    """When the watchdog is killed, the harness is notified and ends at once."""
    owner.until("armed")
    watchdogs = [pid for pid in _children(owner.process.pid) if b"backends/watch.py" in _line(pid)]
    os.kill(watchdogs[0], signal.SIGKILL)
    owner.until("watchdog died")
    assert owner.process.wait(PATIENCE_S) == 3
    heal = sweep_leftovers(owner.run_dir.parent, lambda _: None, by_name)
    assert [each.run for each in heal] == [owner.run]


@pytest.mark.parametrize(("farewell", "died"), [(b".", False), (b"", True)])
def test_good_bye_and_end_of_file_are_distinguished(farewell: bytes, died: bool) -> None:
    """A byte is a clean end; the end of the pipe without one is a death."""
    called: list[bool] = []
    read_fd, write_fd = os.pipe()
    os.write(write_fd, _introduction() + farewell)
    os.close(write_fd)
    assert watch(read_fd, lambda: called.append(True)) is died
    assert bool(called) is died
    os.close(read_fd)


KEPT = """
import subprocess, sys, time
from pathlib import Path
from gonogo.ownership import spawn_watchdog
mark = sys.argv[1]
code = "import sys; from gonogo.ownership import watch; " \\
       "watch(int(sys.argv[3]), lambda: open(sys.argv[1], 'w').close())"
command = [sys.executable, "-c", code, mark]
watchdog = spawn_watchdog(command, log=Path(mark + ".log"), on_death=print)
keeper = subprocess.Popen(["sleep", "600"], pass_fds=[watchdog._write_fd])
print(keeper.pid, flush=True)
time.sleep(float(sys.argv[2]))
"""


def test_a_child_that_keeps_the_pipe_does_not_hide_the_death(tmp_path: Path) -> None:
    """The end of the harness is also seen when a forked child keeps the write end open."""
    mark = tmp_path / "seen"
    command = [sys.executable, "-c", KEPT, str(mark), "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as harness:
        assert harness.stdout is not None
        keeper = int(harness.stdout.readline())
        harness.kill()
    seen = wait_until(mark.exists, PATIENCE_S)
    os.kill(keeper, signal.SIGKILL)
    assert seen


def test_the_watchdog_does_not_carry_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has a session of its own and no run id, so that no sweep and no Ctrl-C ends it."""
    monkeypatch.setenv("GONOGO_RUN_ID", "some-run")
    command = [sys.executable, "-c", PASS_ON]
    died = threading.Event()
    watchdog = spawn_watchdog(command, log=tmp_path / "log", on_death=died.set)
    identity = identify(watchdog.pid)
    assert died.wait(PATIENCE_S)
    watchdog.close()
    assert identity is None or identity.run == ""


def test_leftovers_of_a_dead_run_are_swept_and_a_live_one_is_not_touched(
    environment: Start, run_dir: Path, tmp_path: Path, run: str
) -> None:
    """sweep_leftovers ends only what has no owner any more; a second call changes nothing."""
    orphan = Owner(run_dir.parent / f"{run}-orphan", f"{run}-orphan")
    orphan.until("starting")
    watchdogs = [pid for pid in _children(orphan.process.pid) if b"backends/watch.py" in _line(pid)]
    orphan.until("running")
    os.kill(watchdogs[0], signal.SIGSTOP)  # a watchdog that hangs: the user must sweep
    orphan.end()
    healed: list[Path] = []
    with environment(web()) as system:
        before = system.processes("web")
        swept = sweep_leftovers(run_dir.parent, healed.append, by_name)
        assert [each.run for each in swept] == [orphan.run] == [path.name for path in healed]
        assert swept[0].killed
        assert (swept[0].left, swept[0].clean) == ((), True)
        assert orphan.left() == []
        assert system.processes("web") == before
        assert soon_ready(system, "web")
        assert sweep_leftovers(run_dir.parent, healed.append, by_name) == []
    os.kill(watchdogs[0], signal.SIGKILL)


def test_healing_that_fails_does_not_keep_from_sweeping(
    environment: Start, run_dir: Path, memory: Memory, run: str
) -> None:
    """The error is recorded; the processes are gone all the same."""
    orphan = Owner(run_dir.parent / f"{run}-orphan", f"{run}-orphan")
    orphan.until("starting")
    watchdogs = [pid for pid in _children(orphan.process.pid) if b"backends/watch.py" in _line(pid)]
    orphan.until("running")
    os.kill(watchdogs[0], signal.SIGSTOP)
    orphan.end()

    def fail(run_dir: Path) -> None:
        raise RuntimeError("no way")

    (swept,) = sweep_leftovers(run_dir.parent, fail, by_name)
    os.kill(watchdogs[0], signal.SIGKILL)
    assert "no way" in str(swept)
    assert swept.clean
    assert orphan.left() == []


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()
