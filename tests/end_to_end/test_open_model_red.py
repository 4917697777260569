"""When the generator of an open-model load is killed, that is not a failure of the system."""

import os
import signal
from pathlib import Path
from typing import Any

from gonogo.linux import processes_of_run
from gonogo.vocabulary import ExitCode
from tests.end_to_end.conftest import Gate
from tests.end_to_end.disturbing import disturbed
from tests.end_to_end.leftovers import leftovers


def test_the_worker_is_killed(gate: Gate) -> None:
    """SIGKILL in the middle of the steady load: INCONCLUSIVE, and the cause is the generator."""
    code, output, run_dir = disturbed(gate, "steady.records", _steady, _kill_the_worker)
    assert code == ExitCode.INCONCLUSIVE, output
    assert "the generator of load steady died before it finished" in output
    assert leftovers(run_dir) == []


def _steady(document: dict[str, Any]) -> None:
    gate = document["x-harness"]
    gate["objectives"] = ["error_rate < 1%"]
    gate["profiles"] = {
        "default": {
            "phases": ["load"], "requests": 6000, "rate_per_s": 120, "users": 5, "users_s": 5,
        },
    }  # fmt: skip


def _kill_the_worker(run_dir: Path) -> None:
    pids = [identity.pid for identity in processes_of_run(run_dir.name)]
    (worker,) = [
        pid
        for pid in pids
        if b"gonogo_load.open.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    os.kill(worker, signal.SIGKILL)
