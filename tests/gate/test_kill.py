"""kill -9 of the harness at twenty random moments: nothing is left, the log is judged."""

import json
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from harness.vocabulary import ExitCode
from tests.gate.conftest import ROOT, Gate, only
from tests.gate.leftovers import leftovers

MOMENTS = 20
SPREAD_S = 1.0  # one moment in each second of a run: start, contract, load, faults
CLEAN_S_MAX = 5.0
_RANDOM = random.Random(20)  # noqa: S311 - a seeded choice of moments, not a secret
AFTER_S = [round((index + _RANDOM.random()) * SPREAD_S, 2) for index in range(MOMENTS)]


@pytest.mark.parametrize("after_s", AFTER_S)
def test_nothing_is_left(gate: Gate, after_s: float) -> None:
    """Within five seconds no process, port or state of the run remains; it can be judged."""
    target = gate.target(only("load", "faults", requests=700, rate_per_s=150))
    command = gate.command("run", "--profile", "quick", "-f", str(target))
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT
    ) as process:
        try:
            process.wait(timeout=after_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        code = process.wait(timeout=10)
    assert code == -signal.SIGKILL, "the run was over before its moment: nothing was tried"
    killed_at = time.monotonic()
    runs = [path.parent for path in gate.runs_dir.glob("*/plan.json")]
    left = [each for run in runs for each in leftovers(run)]
    while left and time.monotonic() - killed_at < CLEAN_S_MAX:
        time.sleep(0.05)
        left = [each for run in runs for each in leftovers(run)]
    assert left == []
    for run in runs:
        _judge(gate, run)


def _judge(gate: Gate, run_dir: Path) -> None:
    done = gate.gonogo("judge", str(run_dir))
    assert done.code in (ExitCode.INCONCLUSIVE, ExitCode.NOTHING_RAN, ExitCode.NO_GO), done.output
    open_intents = {
        line["id"]: line
        for line in map(json.loads, _lines(run_dir / "journal.ndjson"))
        if line.get("op") == "intent"
    }
    healed = {
        line["id"]
        for line in map(json.loads, _lines(run_dir / "journal.ndjson"))
        if line.get("op") == "healed"
    }
    assert set(open_intents) <= healed, "a fault stayed armed in the journal"


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
