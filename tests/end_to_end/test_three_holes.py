"""Three ways in which an experiment can pass wrongly or do harm, and how the gate prevents each.

Each has a second test without the mechanism, to show that the first one depends on it.
"""

import json
import os
import shutil
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

from gonogo.backends import RunningSystem
from gonogo.judgement import judge
from gonogo.linux import wait_until
from gonogo.observation.records import RECORD
from gonogo.vocabulary import ExitCode
from tests.end_to_end.conftest import ROOT, SCENARIOS, Edit, Gate, only

FROZEN_S = 2.0
REQUESTS = 600
RATE_PER_S = 100.0
FAR_ENOUGH_S_MAX = 120.0


def _impatient(document: dict[str, Any]) -> None:
    only("load", requests=REQUESTS, rate_per_s=RATE_PER_S)(document)
    document["x-harness"]["load"]["timeout_s"] = 1


def _own(name: str) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        gate = document["x-harness"]
        gate["scenarios"] = str(SCENARIOS / name)
        gate["profiles"] = {"quick": {"phases": ["faults"]}}
        gate["objectives"] = []

    return edit


def _freeze_for_a_while(gate: Gate) -> None:
    """Pause the api in the first third of the load, and continue it long before the end."""
    (records,) = gate.runs_dir.glob("*/records/steady.records")
    pids = [each.pid for each in RunningSystem(records.parents[1]).processes("api")]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    threading.Event().wait(FROZEN_S)
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


def test_an_outage_that_recovered_before_the_last_look(gate: Gate) -> None:
    """NO-GO, although the system works at the end; without the records it is not GO either."""
    command = gate.command("run", "--profile", "quick", "-f", str(gate.target(_impatient)))

    def a_third() -> bool:
        found = list(gate.runs_dir.glob("*/records/steady.records"))
        return bool(found) and found[0].stat().st_size >= REQUESTS // 3 * RECORD.itemsize

    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    ) as process:
        assert wait_until(a_third, FAR_ENOUGH_S_MAX)
        _freeze_for_a_while(gate)
        output = process.communicate(timeout=120)[0]
    assert process.returncode == ExitCode.NO_GO, output
    assert "availability" in output
    (run_dir,) = (path.parent for path in gate.runs_dir.glob("*/plan.json"))
    shutil.rmtree(run_dir / "records")
    assert gate.gonogo("judge", str(run_dir)).code == ExitCode.INCONCLUSIVE


def test_a_fault_that_was_never_applied(gate: Gate) -> None:
    """INCONCLUSIVE without a proof of bite; with a forged one no finding names the fault."""
    done = gate.gonogo("run", "--profile", "quick", "-f", str(gate.target(_own("noop"))))
    assert done.code == ExitCode.INCONCLUSIVE, done.output
    assert _speaks_of_it(done.run_dir)
    for path in (done.run_dir / "events").glob("*.ndjson"):
        path.write_text("".join(_forged(line) for line in path.read_text().splitlines()))
    assert not _speaks_of_it(done.run_dir)


def _speaks_of_it(run_dir: Path) -> bool:
    return "did not bite" in repr(judge(run_dir))


def _forged(line: str) -> str:
    event = json.loads(line)
    if event["kind"] == "fault.observed":
        event["data"]["observed"] = True
    return json.dumps(event) + "\n"


def test_a_scenario_that_breaks_while_its_fault_is_armed(gate: Gate) -> None:
    """The fault is healed and proven absent, and the next scenario finds a working system."""
    done = gate.gonogo("run", "--profile", "quick", "-f", str(gate.target(_own("raising"))))
    assert done.code == ExitCode.NO_GO, done.output
    assert "ZeroDivisionError" in done.output
    assert _outcomes(done.run_dir)["test_b_whole"] == "passed"
    assert _kinds(done.run_dir) >= {"fault.healed", "fault.absent"}


def test_a_fault_that_was_not_undone(gate: Gate) -> None:
    """The same without the healing: the next scenario fails, so the test above is about it."""
    target = str(gate.target(_own("raising")))
    done = gate.gonogo("run", "--profile", "quick", "-f", target, LEAVE_FAULTS="1")
    assert done.code == ExitCode.NO_GO, done.output
    assert _outcomes(done.run_dir)["test_b_whole"] == "failed"


def _events(run_dir: Path) -> list[dict[str, Any]]:
    texts = [path.read_text() for path in (run_dir / "events").glob("*.ndjson")]
    return [json.loads(line) for text in texts for line in text.splitlines()]


def _kinds(run_dir: Path) -> set[str]:
    return {event["kind"] for event in _events(run_dir)}


def _outcomes(run_dir: Path) -> dict[str, str]:
    ended = [each["data"] for each in _events(run_dir) if each["kind"] == "test.finished"]
    return {each["test"].rpartition("::")[2]: each["outcome"] for each in ended}
