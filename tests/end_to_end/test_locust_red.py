"""Closed-model loads that fail on purpose end with the right exit code and cause."""

import json
import os
import signal
from pathlib import Path
from typing import Any

from gonogo.backends import RunningSystem
from gonogo.linux import processes_of_run
from gonogo.vocabulary import ExitCode
from tests.end_to_end.conftest import Gate
from tests.end_to_end.disturbing import disturbed
from tests.end_to_end.leftovers import leftovers

CLOSED_RECORDS = "closed/1.records"


def _users(document: dict[str, Any]) -> None:
    gate = document["x-harness"]
    gate["objectives"] = ["error_rate{phase=closed} < 1%", "users{phase=closed} >= 50"]
    gate["profiles"] = {
        "default": {
            "phases": ["load"], "requests": 60, "rate_per_s": 60, "users": 50, "users_s": 12,
        },
    }  # fmt: skip


def test_a_locust_worker_is_killed(gate: Gate) -> None:
    """The run is INCONCLUSIVE, exit 3, and names the worker and how it ended."""
    code, output, run_dir = disturbed(gate, CLOSED_RECORDS, _users, _kill_a_worker)
    assert code == ExitCode.INCONCLUSIVE, output
    assert "of load closed was lost: killed by SIGKILL" in output
    assert "load-worker-lost" in (run_dir / "run.json").read_text()
    assert leftovers(run_dir) == []


def test_the_api_is_frozen_to_the_end(gate: Gate) -> None:
    """Every user waits until the load is over: NO-GO, though Locust itself saw no failure."""
    code, output, run_dir = disturbed(gate, CLOSED_RECORDS, _impatient_users, _freeze_the_api)
    assert code == ExitCode.NO_GO, output
    assert "error_rate{phase=closed}" in output
    document = json.loads((run_dir / "run.json").read_text())
    (closed,) = [load for load in document["loads"] if load["closed_model"]]
    total = closed["closed_model"]["comparison"][0]
    assert closed["books"]["timed_out"] + closed["books"]["in_flight"] >= 50
    assert closed["books"]["closed"]
    assert total["tool"]["failures"] < total["exact"]["failures"]
    assert leftovers(run_dir) == []


def test_locust_cannot_start(gate: Gate) -> None:
    """The environment has failed, exit 6, with Locust's own message; it is not a NO-GO."""
    target = gate.target(_users)
    done = gate.gonogo(
        "run", "--backend", "process", "--profile", "default", "-f", str(target),
        GEVENT_LOOP="nonsense",
    )  # fmt: skip
    assert done.code == ExitCode.ENVIRONMENT, done.output
    assert "Locust did not start" in done.output
    assert leftovers(done.run_dir) == []


def _impatient_users(document: dict[str, Any]) -> None:
    _users(document)
    document["x-harness"]["load"]["timeout_s"] = 5


def _freeze_the_api(run_dir: Path) -> None:
    for identity in RunningSystem(run_dir).processes("api"):
        os.kill(identity.pid, signal.SIGSTOP)


def _kill_a_worker(run_dir: Path) -> None:
    """The last one; oldest first is the order of their numbers."""
    pids = [identity.pid for identity in processes_of_run(run_dir.name)]
    workers = [pid for pid in pids if b"--worker\0" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(workers[-1], signal.SIGKILL)
