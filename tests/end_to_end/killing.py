"""kill -9 of the harness, and the checks after it."""

import signal
import subprocess
import time
from pathlib import Path

from gonogo.linux import wait_until
from gonogo.ownership import sweeping
from gonogo.vocabulary import ExitCode
from gonogo_faults import open_intents
from tests.end_to_end.conftest import ROOT, Gate
from tests.end_to_end.leftovers import leftovers

# Here only whether something is left is checked; tests/campaigns/kill_points.py measures how soon.
_PATIENCE_S = 60.0


def killed_after(gate: Gate, command: list[str], after_s: float) -> tuple[list[Path], float]:
    """Run a command and kill it; the runs it had begun, and when (monotonic) it was killed."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT
    ) as process:
        try:
            process.wait(timeout=after_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        code = process.wait(timeout=_PATIENCE_S)
    assert code == -signal.SIGKILL, "the run was over before its moment: nothing was tried"
    return [path.parent for path in gate.runs_dir.glob("*/plan.json")], time.monotonic()


def left_of(runs: list[Path]) -> list[str]:
    """What is left of these runs."""
    return [each for run in runs for each in leftovers(run)]


def assert_clean(runs: list[Path], killed_at: float) -> None:
    """After a while nothing of these runs is left, and nothing new appears after that."""
    wait_until(lambda: not left_of(runs), _PATIENCE_S, interval_s=0.05)
    assert left_of(runs) == [], f"{time.monotonic() - killed_at:.1f} s after the kill"
    # What the engine was making at the kill appears within that.
    wait_until(lambda: bool(left_of(runs)), sweeping._IN_FLIGHT_S, interval_s=0.1)
    assert left_of(runs) == [], "it came after everything was gone"


def assert_judged(gate: Gate, runs: list[Path]) -> None:
    """The runs can be judged, and the verdict is not GO."""
    for run in runs:
        done = gate.gonogo("judge", str(run))
        may_be = (ExitCode.INCONCLUSIVE, ExitCode.NOTHING_RAN, ExitCode.NO_GO)
        assert done.code in may_be, done.output
        assert open_intents(run) == [], "a fault stayed armed in the journal"
