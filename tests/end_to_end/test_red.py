"""Defects on purpose: each ends with the right exit code, and its cause in the message."""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from gonogo.backends import RunningSystem
from gonogo.observation.records import RECORD
from gonogo.vocabulary import ExitCode
from tests.end_to_end.conftest import ROOT, SCENARIOS, Edit, Gate, only
from tests.end_to_end.leftovers import leftovers

STUB = Path(__file__).parent / "stub_200.py"


def _process(service: str, command: list[str], **ready: Any) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        local = document["x-harness"]["services"][service]
        local = document["x-harness"]["services"][service] = {**local}
        local["process"] = {**local["process"], "command": command}
        local["ready"] = {**local["ready"], **ready}

    return edit


def _both(*edits: Edit) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        for each in edits:
            each(document)

    return edit


def _scenarios(name: str, *phases: str) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        gate = document["x-harness"]
        gate["scenarios"] = str(SCENARIOS / name)
        gate["profiles"] = {"quick": {"phases": list(phases)}}
        gate["objectives"] = []

    return edit


def test_api_answers_200_to_everything(gate: Gate) -> None:
    """An always-200 stub is NO-GO: no contract scenario that checks an error passes."""
    stub = ["{python}", str(STUB), "{port:8080}"]
    done = gate.gonogo(
        "run", "--profile", "quick", "-f",
        str(gate.target(_both(only("contract"), _process("api", stub)))),
    )  # fmt: skip
    assert done.code == ExitCode.NO_GO, done.output
    assert "test_bad_login" in done.output
    passed = (done.run_dir / "run.json").read_text().count('"outcome": "passed"')
    assert passed <= 1, "only liveness may hold against a stub that answers 200"


def test_port_dead(gate: Gate) -> None:
    """A service that runs and never listens is NO-GO and named."""
    dead = ["{python}", "-c", "import time; time.sleep(600)"]
    target = gate.target(_both(only("contract"), _process("api", dead, timeout_s=3)))
    done = gate.gonogo("run", "--profile", "quick", "-f", str(target))
    assert done.code == ExitCode.NO_GO, done.output
    assert "api" in done.output
    assert "ready" in done.output
    assert leftovers(done.run_dir) == []


def test_service_exits_at_start(gate: Gate) -> None:
    """A service that exits at start is NO-GO, with its exit code and its last log lines."""
    exiting = ["sh", "-c", "echo the disk is on fire; exit 3"]
    target = gate.target(_both(only("contract"), _process("orchestrator", exiting)))
    done = gate.gonogo("run", "--profile", "quick", "-f", str(target))
    assert done.code == ExitCode.NO_GO, done.output
    for word in ("orchestrator", "3", "the disk is on fire"):
        assert word in done.output
    assert leftovers(done.run_dir) == []


def test_api_frozen_for_the_last_third(gate: Gate) -> None:
    """SIGSTOP of the api in the last third of the load is NO-GO, and the freeze is counted."""

    def impatient(document: dict[str, Any]) -> None:
        document["x-harness"]["load"]["timeout_s"] = 3

    # At this rate the last third takes eight seconds, enough time to see the freeze.
    target = gate.target(_both(only("load", rate_per_s=30), impatient))
    command = gate.command("run", "--profile", "quick", "-f", str(target))
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    ) as process:
        _freeze_api(gate, after_requests=467)
        output = process.communicate(timeout=120)[0]
    assert process.returncode == ExitCode.NO_GO, output
    assert "availability" in output
    (run_dir,) = (path.parent for path in gate.runs_dir.glob("*/plan.json"))
    assert leftovers(run_dir) == []


def _freeze_api(gate: Gate, after_requests: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for records in gate.runs_dir.glob("*/records/steady.records"):
            if records.stat().st_size >= after_requests * RECORD.itemsize:
                system = RunningSystem(records.parents[1])
                for identity in system.processes("api"):
                    os.kill(identity.pid, signal.SIGSTOP)
                return
        time.sleep(0.02)
    pytest.fail("the load never got so far")


def test_selector_matches_nothing(gate: Gate) -> None:
    """A fault on services that do not exist is refused before anything starts."""
    target = gate.target(_scenarios("nowhere", "faults"))
    done = gate.gonogo("run", "--profile", "quick", "-f", str(target))
    assert done.code == ExitCode.USAGE, done.output
    assert "databse-*" in done.output
    assert "redis" in done.output, "the valid services are named"


def test_objective_matches_nothing(gate: Gate) -> None:
    """An objective on an operation that does not exist is refused before anything starts."""

    def nowhere(document: dict[str, Any]) -> None:
        document["x-harness"]["objectives"] = ["p95(response){name=/nope*} < 2s"]

    target = gate.target(_both(only("load"), nowhere))
    done = gate.gonogo("run", "--profile", "quick", "-f", str(target))
    assert done.code == ExitCode.USAGE, done.output
    assert "/nope*" in done.output
    assert "context-write" in done.output, "the valid names are named"


def test_fault_that_does_nothing(gate: Gate) -> None:
    """A fault that never bites is INCONCLUSIVE although every expectation held."""
    target = gate.target(_scenarios("noop", "faults"))
    done = gate.gonogo("run", "--profile", "quick", "-f", str(target))
    assert done.code == ExitCode.INCONCLUSIVE, done.output
    assert "nothing" in done.output
    assert "bite" in done.output


def test_scenario_that_claims_nothing(gate: Gate) -> None:
    """A scenario that passes without an expectation is INCONCLUSIVE."""
    target = gate.target(_scenarios("silent", "contract"))
    done = gate.gonogo("run", "--profile", "quick", "-f", str(target))
    assert done.code == ExitCode.INCONCLUSIVE, done.output
    assert "test_silent" in done.output


def test_key_that_would_change_the_judgement(gate: Gate) -> None:
    """A Compose key that local processes cannot honour is refused by file, service and key."""

    def host_network(document: dict[str, Any]) -> None:
        document["services"]["api"]["network_mode"] = "host"

    target = gate.target(host_network)
    done = gate.gonogo("run", "-f", str(target))
    assert done.code == ExitCode.USAGE, done.output
    for word in (str(target), "api", "network_mode"):
        assert word in done.output


def test_no_redis_server(gate: Gate) -> None:
    """Without the redis-server binary the environment has failed; it says how to get it."""
    tools = gate.folder / "bin"
    tools.mkdir()
    (tools / "sh").symlink_to("/bin/sh")
    done = gate.gonogo("run", "-f", str(gate.target(only("contract"))), PATH=str(tools))
    assert done.code == ExitCode.ENVIRONMENT, done.output
    hint = next(line for line in done.output.splitlines() if "apt-get install" in line)
    assert "redis-server" in hint


def test_objective_the_profile_cannot_decide(gate: Gate) -> None:
    """Too few requests for an objective: refused before the run, with the number it needs."""

    def strict(document: dict[str, Any]) -> None:
        document["x-harness"]["objectives"] = ["availability > 99.9%"]

    target = gate.target(_both(only("load", requests=700), strict))
    done = gate.gonogo("run", "--profile", "quick", "-f", str(target))
    assert done.code == ExitCode.USAGE, done.output
    assert "2,995" in done.output.replace("2995", "2,995")


def test_unknown_profile(gate: Gate) -> None:
    """A profile that does not exist is a usage error with the valid ones."""
    done = gate.gonogo("run", "--profile", "leisurely")
    assert done.code == ExitCode.USAGE, done.output
    assert "quick" in done.output
