"""kill -9 of the harness, and what must be so after it."""

import signal
import subprocess
import time
from pathlib import Path

from fault_injection import open_intents
from harness.environment import wait_until
from harness.vocabulary import ExitCode
from tests.gate.conftest import ROOT, Gate
from tests.gate.leftovers import leftovers

CLEAN_S_MAX = 5.0


def killed_after(gate: Gate, command: list[str], after_s: float) -> tuple[list[Path], float]:
    """Run a command and kill it; the runs it had begun, and when (monotonic) it was killed."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT
    ) as process:
        try:
            process.wait(timeout=after_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        code = process.wait(timeout=10)
    assert code == -signal.SIGKILL, "the run was over before its moment: nothing was tried"
    return [path.parent for path in gate.runs_dir.glob("*/plan.json")], time.monotonic()


def left_of(runs: list[Path]) -> list[str]:
    """What is still there of them."""
    return [each for run in runs for each in leftovers(run)]


def assert_clean(runs: list[Path], killed_at: float) -> None:
    """Within the limit nothing of them is left."""
    limit_s = CLEAN_S_MAX - (time.monotonic() - killed_at)
    wait_until(lambda: not left_of(runs), limit_s, interval_s=0.05)
    assert left_of(runs) == []


def assert_judged(gate: Gate, runs: list[Path]) -> None:
    """What they recorded can be judged, and is no GO."""
    for run in runs:
        done = gate.gonogo("judge", str(run))
        may_be = (ExitCode.INCONCLUSIVE, ExitCode.NOTHING_RAN, ExitCode.NO_GO)
        assert done.code in may_be, done.output
        assert open_intents(run) == [], "a fault stayed armed in the journal"
