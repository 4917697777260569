"""The commands beside ``run``, as a user calls them one after the other."""

import os
import signal
import subprocess
import urllib.request

from gonogo.linux import wait_until
from gonogo.ownership import read_owner, read_snapshot
from gonogo.vocabulary import ExitCode
from tests.end_to_end.conftest import ROOT, Gate, only
from tests.end_to_end.leftovers import leftovers

WAIT_S_MAX = 120.0  # for something that happens, on a busy machine


def test_up_and_down(gate: Gate) -> None:
    """The system of ``up`` answers at the printed address after the command; ``down`` ends it."""
    up = gate.gonogo("up")
    assert up.code == ExitCode.GO, up.output
    (run_dir,) = gate.runs_dir.glob("up-*")
    host, port = read_snapshot(run_dir).services["api"].endpoints[8080]
    assert f"{host}:{port}" in up.output
    with urllib.request.urlopen(f"http://{host}:{port}/api/health", timeout=60) as answer:
        assert answer.status == 200
    down = gate.gonogo("down")
    assert down.code == ExitCode.GO, down.output
    assert leftovers(run_dir) == []
    again = gate.gonogo("down")
    assert again.code == ExitCode.USAGE
    assert "nothing is up" in again.output


def test_heal_after_everybody_died(gate: Gate) -> None:
    """With harness and watchdog killed, ``heal`` ends what runs; a second call finds nothing."""
    assert gate.gonogo("up").code == ExitCode.GO
    (run_dir,) = gate.runs_dir.glob("up-*")
    owner = read_owner(run_dir)
    assert owner is not None
    watching = _children_watching(owner.process.pid)
    # Both at once: else the owner would stop the system, or the watchdog would sweep.
    for pid in watching:
        os.kill(pid, signal.SIGSTOP)
    for pid in [owner.process.pid, *watching]:
        os.kill(pid, signal.SIGKILL)
    assert leftovers(run_dir) != []
    healed = gate.gonogo("heal")
    assert healed.code == ExitCode.GO, healed.output
    assert leftovers(run_dir) == []
    assert "nothing to heal" in gate.gonogo("heal").output


def _children_watching(pid: int) -> list[int]:
    listed = subprocess.run(
        ["pgrep", "-P", str(pid), "-f", "gonogo.gate.watchdog_process"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [int(line) for line in listed.stdout.split()]


def test_interrupt(gate: Gate) -> None:
    """Ctrl-C ends the run with exit 2 and leaves nothing running."""
    target = gate.target(only("load", requests=6000))  # it lasts until it is interrupted
    command = gate.command("run", "--profile", "quick", "-f", str(target))
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    ) as process:
        began = wait_until(lambda: any(gate.runs_dir.glob("*/records/*.records")), WAIT_S_MAX)
        assert began, "the load never began"
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=WAIT_S_MAX)[0]
    assert process.returncode == ExitCode.INTERRUPTED, output
    (run_dir,) = (path.parent for path in gate.runs_dir.glob("*/plan.json"))
    assert wait_until(lambda: leftovers(run_dir) == [], WAIT_S_MAX), leftovers(run_dir)


def test_judge_and_report_of_nothing(gate: Gate) -> None:
    """Without a run, or on a directory that is not a run, both say so, with a hint."""
    for command in ("judge", "report"):
        none = gate.gonogo(command)
        assert none.code == ExitCode.USAGE
        assert "gonogo run" in none.output
        wrong = gate.gonogo(command, str(gate.folder))
        assert wrong.code in (ExitCode.USAGE, ExitCode.NOTHING_RAN)


def test_clean_keeps_the_newest(gate: Gate) -> None:
    """``clean --keep 1`` deletes older directories, of ``up`` too, and keeps the newest."""
    for age, name in enumerate(
        ("20210101-000000-bbbb", "up-20200101-000000", "20200101-000000-aa")
    ):
        (gate.runs_dir / name / "events").mkdir(parents=True)
        os.utime(gate.runs_dir / name, (1e9 - age, 1e9 - age))
    assert gate.gonogo("clean", "--keep", "1").code == ExitCode.GO
    assert [path.name for path in gate.runs_dir.iterdir()] == ["20210101-000000-bbbb"]


def test_usage_errors_exit_with_4(gate: Gate) -> None:
    """A misspelt command or option exits with 4, not with 2, which means interrupted."""
    assert gate.gonogo("jugde").code == ExitCode.USAGE
    assert gate.gonogo("run", "--profil", "quick", "--no-such").code == ExitCode.USAGE


def test_help_has_examples_and_exit_codes(gate: Gate) -> None:
    """``--help`` shows examples and what the exit codes mean."""
    done = subprocess.run(
        gate.command("--help")[:-2], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert "gonogo run -f" in done.stdout
    assert "3  INCONCLUSIVE" in done.stdout
