"""A run whose load is disturbed once it is well under way."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gonogo.observation.records import RECORD
from tests.end_to_end.conftest import ROOT, Edit, Gate

AFTER_REQUESTS = 60


def disturbed(
    gate: Gate, records: str, edit: Edit, disturb: Callable[[Path], None]
) -> tuple[int, str, Path]:
    """Exit code, output and run directory of a run, disturbed when a load has some records."""
    target = gate.target(edit)
    command = gate.command("run", "--backend", "process", "--profile", "default", "-f", str(target))
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    ) as process:
        run_dir = _run_under_way(gate, records)
        disturb(run_dir)
        output = process.communicate(timeout=180)[0]
    return process.returncode, output, run_dir


def _run_under_way(gate: Gate, records: str) -> Path:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for path in gate.runs_dir.glob(f"*/records/{records}"):
            if path.stat().st_size >= AFTER_REQUESTS * RECORD.itemsize:
                return next(each for each in path.parents if (each / "plan.json").exists())
        time.sleep(0.05)
    pytest.fail("the load never got so far")
