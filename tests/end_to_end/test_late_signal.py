"""The first signal comes while the gate starts or stops: it stops completely, with exit 2."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from gonogo.gate import phases
from gonogo.linux import wait_until
from gonogo.observation import read_events
from gonogo.ownership import read_snapshot
from gonogo.vocabulary import ExitCode, UsageError
from gonogo.vocabulary.events import ErrorOccurred
from tests.end_to_end.conftest import ROOT, Gate
from tests.end_to_end.leftovers import leftovers

MOMENT_S_MAX = 120.0  # a whole run must get to that point, on a busy machine
READY_S_MAX = 600  # of a service that is never ready
END_S_MAX = 120.0  # a fifth of the time of the start that is aborted
GONE_S_MAX = 60.0
SCENARIO = """
import pytest

pytestmark = pytest.mark.phase("contract")


def test_nothing(expect):
    expect.true("one is one", True)
"""
# After SIGTERM it waits for a file: so the gate is stopping until the test has sent its signal.
SLOW = """
trap 'while [ ! -e {may_stop} ]; do sleep 0.05; done; exit 0' TERM
echo slow.ready
while :; do sleep 0.1; done
"""
BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


def _small(gate: Gate, ready: str = "slow.ready") -> Path:
    """A target of two services; the fast one is stopped after the slow one."""
    (gate.folder / "scenarios").mkdir()
    (gate.folder / "scenarios" / "nothing_scenario.py").write_text(SCENARIO)
    path = gate.folder / "compose.yaml"
    document = {
        "name": "small",
        "services": {
            "base": {"image": "base", "command": ["sleep", "600"]},
            "slow": {
                "image": "slow",
                "command": ["sh", "-c", SLOW.format(may_stop=_may_stop(gate))],
                "stop_grace_period": f"{READY_S_MAX}s",
                "expose": ["80"],
                "depends_on": ["base"],
            },
        },
        "x-harness": {
            "entry": {"service": "slow", "port": 80, "health": "/"},
            "scenarios": "./scenarios",
            "services": {"slow": {"ready": {"log": ready, "timeout_s": READY_S_MAX}}},
            "profiles": {"quick": {"phases": ["contract"]}},
            "objectives": [],
        },
    }
    path.write_text(yaml.safe_dump(document))
    return path


def _may_stop(gate: Gate) -> Path:
    """The file without which the slow service does not stop."""
    return gate.folder / "may-stop"


def _run_dir(gate: Gate) -> Path | None:
    return next((path.parent for path in gate.runs_dir.glob("*/plan.json")), None)


def _in_phase(gate: Gate, phase: str) -> Callable[[], bool]:
    def holds() -> bool:
        run_dir = _run_dir(gate)
        try:
            return run_dir is not None and read_snapshot(run_dir).phase == phase
        except UsageError:
            return False

    return holds


def _end_at(gate: Gate, target: Path, when: Callable[[], bool], number: int) -> tuple[int, str]:
    """Run and signal once at that moment; exit code and output."""
    command = gate.command("run", "--profile", "quick", "-f", str(target))
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    ) as process:
        try:
            assert wait_until(when, MOMENT_S_MAX, interval_s=0.005), "the moment never came"
            process.send_signal(number)
            _may_stop(gate).touch()
            output = process.communicate(timeout=END_S_MAX)[0]
        finally:
            process.kill()
    return process.returncode, output


@BOTH
def test_a_first_signal_while_stopping(gate: Gate, number: int) -> None:
    """The stop is completed: exit 2, nothing is left, and the watchdog did not sweep."""
    code, output = _end_at(gate, _small(gate), _in_phase(gate, "stopping"), number)
    run_dir = _run_dir(gate)
    assert run_dir is not None
    assert leftovers(run_dir) == [], output
    assert code == ExitCode.INTERRUPTED, output
    assert read_snapshot(run_dir).phase == "ended"
    assert read_events(run_dir).of(ErrorOccurred) == []


@BOTH
def test_a_first_signal_while_starting(gate: Gate, number: int) -> None:
    """A start that would take ten minutes is aborted at once: exit 2, nothing is left."""
    target = _small(gate, ready="never.said")
    code, output = _end_at(gate, target, _in_phase(gate, "starting"), number)
    run_dir = _run_dir(gate)
    assert run_dir is not None
    assert leftovers(run_dir) == [], output
    assert code == ExitCode.INTERRUPTED, output
    assert read_snapshot(run_dir).phase == "ended"


def test_down_while_a_start_is_under_way(gate: Gate) -> None:
    """``up`` interrupted ends what it began."""
    target = _small(gate, ready="never.said")
    command = gate.command("up", "-f", str(target))

    def started() -> bool:
        return any(gate.runs_dir.glob("up-*/environment.json"))

    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT
    ) as process:
        assert wait_until(started, MOMENT_S_MAX)
        process.send_signal(signal.SIGTERM)
        _may_stop(gate).touch()
        code = process.wait(END_S_MAX)
    assert code == ExitCode.INTERRUPTED
    (run_dir,) = gate.runs_dir.glob("up-*")
    assert wait_until(lambda: leftovers(run_dir) == [], GONE_S_MAX)


def test_the_group_of_a_phase_is_signalled_while_it_cannot_be_anybody_elses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The leader is reaped after the signal: until then no other group can get its pid."""
    signalled: list[bool] = []
    killpg = os.killpg

    def look(group: int, number: int) -> None:
        signalled.append(Path(f"/proc/{group}").exists())
        killpg(group, number)

    monkeypatch.setattr(os, "killpg", look)
    child = (
        "import subprocess, sys; p = subprocess.Popen(['sleep', '600']); print(p.pid, flush=True)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", child], stdout=subprocess.PIPE, start_new_session=True
    )
    with process:
        assert process.stdout is not None
        orphan = int(process.stdout.readline())
        assert phases.wait_for_end(process, lambda: False)
        assert phases.end_session(process) == 0
    assert signalled == [True, True]
    assert wait_until(lambda: not _runs(orphan), GONE_S_MAX)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
