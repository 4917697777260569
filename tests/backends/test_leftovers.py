"""Processes left after the end of a system are reported, can be found, and are swept."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gonogo.backends import PROCESSES
from gonogo.gate.owner import owned
from gonogo.gate.stop import StopSignal
from gonogo.gate.up_down import stop_systems
from gonogo.gate.upkeep import heal_dead_runs
from gonogo.linux import RUN_VARIABLE, processes_of_run, wait_until
from gonogo.observation import EventLog, read_events
from gonogo.ownership import read_owner, read_snapshot
from gonogo.services.ports import PortLease
from gonogo.vocabulary import UsageError
from gonogo.vocabulary.events import ErrorOccurred, Note
from tests.backends.builders import PATIENCE_S, Memory, stay, web
from tests.backends.conftest import Start


@pytest.fixture
def survivor(run: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the run that belongs to no service, so stopping services does not end it."""
    with subprocess.Popen(["sleep", "600"], env={**os.environ, RUN_VARIABLE: run}) as process:
        assert wait_until(lambda: processes_of_run(run) != [], PATIENCE_S)
        yield process
        process.kill()


def test_what_is_left_is_an_error_and_keeps_state_and_ports(
    environment: Start, run: str, run_dir: Path, memory: Memory, survivor: subprocess.Popen[bytes]
) -> None:
    """It is recorded for the judge; the run's state is kept and no other run gets its port."""
    with environment(web()) as system:
        _, port = system.address("web", 80)
    assert memory.of(ErrorOccurred) == [
        ErrorOccurred(
            error="LeftBehind",
            what=f"left behind: pid {survivor.pid}",
            where=str(run_dir),
            alternatives=(),
            hint="gonogo heal",
            exit_code=3,
        )
    ]
    assert memory.states("web")[-1] == "stopped"
    assert read_owner(run_dir) is not None
    assert read_snapshot(run_dir).phase == "stopping"
    other = PortLease(run)
    assert port not in other.take(3)
    other.release()


def test_a_state_that_cannot_be_removed_is_an_error(
    environment: Start, run_dir: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the directory, which the user must remove."""

    def fail(_: Path) -> bool:
        raise PermissionError

    monkeypatch.setattr("gonogo.backends.supervised_environment.remove_state", fail)
    with environment(web()):
        pass
    (told,) = memory.of(ErrorOccurred)
    assert (told.error, told.exit_code) == ("LeftBehind", 3)
    assert str(run_dir / "state") in told.what


def test_a_supervision_that_does_not_end_is_an_error(
    environment: Start, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The supervision may still do something, so the state is kept."""
    with environment(stay()) as system:
        supervised = system._supervised["stay"]
        join = supervised.join

        def hang() -> bool:
            join()
            return False

        monkeypatch.setattr(supervised, "join", hang)
    assert "service stay" in memory.of(ErrorOccurred)[0].what
    assert read_owner(system.run_dir) is not None


def test_the_watchdog_sweeps_what_its_living_owner_left(
    environment: Start, run: str, run_dir: Path, survivor: subprocess.Popen[bytes]
) -> None:
    """It gets no good-bye; it ends what is left while the owner waits, and reports it."""
    with (
        EventLog(run_dir, run, "harness", "harness") as log,
        owned(run_dir, StopSignal(), log, PROCESSES),
        environment(web()),
    ):
        pass
    assert survivor.wait(0) == -9
    assert processes_of_run(run) == []
    assert not (run_dir / "state").exists()
    assert read_snapshot(run_dir).phase == "swept"
    notes = [event.what.text for event in read_events(run_dir).of(Note)]
    assert len(notes) == 1
    assert "the owner left it behind: killed 1 processes" in notes[0]


def test_the_watchdog_of_a_clean_end_does_not_sweep(
    environment: Start, run: str, run_dir: Path
) -> None:
    """When nothing is left, it gets its good-bye."""
    with (
        EventLog(run_dir, run, "harness", "harness") as log,
        owned(run_dir, StopSignal(), log, PROCESSES),
        environment(web()),
    ):
        pass
    assert {event.writer for event in read_events(run_dir)} == {"harness"}
    assert read_snapshot(run_dir).phase == "ended"


ELSEWHERE = """
import sys
from pathlib import Path
from gonogo.ownership.state_dir import create_state, hold_run_dir
held = hold_run_dir(Path(sys.argv[1]))
create_state(Path(sys.argv[1]), "elsewhere", "process")
print("made", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The owner of a run, in a pid namespace of its own."""
    run_dir = tmp_path / "up-elsewhere"
    unshare = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no namespace of pids can be made here")
    command = [*unshare, sys.executable, "-c", ELSEWHERE, str(run_dir)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdin is not None
        assert owner.stdout is not None
        assert owner.stdout.readline() == "made\n"
        yield owner
        owner.kill()


@pytest.fixture
def elsewhere(tmp_path: Path, apart: subprocess.Popen[str]) -> Path:
    """The run directory of that owner."""
    return tmp_path / "up-elsewhere"


def test_a_run_of_another_pid_namespace_is_left_alone_and_reported(
    elsewhere: Path,
) -> None:
    """Whether its owner lives cannot be seen from here: it is not ended, and commands name it."""
    for_heal: list[str] = []
    heal_dead_runs(elsewhere.parent, for_heal.append)
    assert any(line.startswith(f"{elsewhere}: left alone") for line in for_heal)
    for_down: list[str] = []
    with pytest.raises(UsageError, match="nothing is up"):
        stop_systems(elsewhere.parent, for_down.append)
    assert any(line.startswith(f"{elsewhere}: left alone") for line in for_down)
    assert read_owner(elsewhere) is not None


def test_a_dead_run_of_another_pid_namespace_is_swept(
    elsewhere: Path, apart: subprocess.Popen[str]
) -> None:
    """No process holds its lock any more, so the pid of its owner does not matter."""
    apart.kill()
    apart.wait(PATIENCE_S)

    def dead() -> bool:
        owner = read_owner(elsewhere)
        return owner is not None and not owner.alive()

    assert wait_until(dead, PATIENCE_S)
    heal_dead_runs(elsewhere.parent, print)
    assert read_owner(elsewhere) is None


def test_an_owner_written_before_namespaces_were_is_judged_by_its_pid(elsewhere: Path) -> None:
    """A run of an older version, without a namespace in its state, is judged by the pid."""
    path = elsewhere / "state" / "owner.json"
    old = json.loads(path.read_text())
    old.pop("pid_namespace", None)
    path.write_text(json.dumps({**old, "process": {**old["process"], "start_ticks": 1}}))
    owner = read_owner(elsewhere)
    assert owner is not None
    assert not owner.alive()
