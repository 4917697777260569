"""The gate on a page in the browser: defects on purpose, and nothing left when it is killed."""

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import yaml

from gonogo.linux import processes_of_run, wait_until
from gonogo.vocabulary import ExitCode
from tests.end_to_end.conftest import ROOT, SCENARIOS, Gate
from tests.end_to_end.leftovers import leftovers

SERVER = Path(__file__).parent / "page_server.py"
BROWSER_S_MAX = 120.0
GONE_S_MAX = 60.0  # on a busy machine
WAIT_S = 600  # of the step during which the gate is killed: it does not end by itself


def _target(gate: Gate) -> Path:
    """A system of one service: pages."""
    path = gate.folder / "compose.yaml"
    document = {
        "services": {"page": {"image": "page", "expose": ["80"]}},
        "x-harness": {
            "name": "pages",
            "entry": {"service": "page", "port": 80, "health": "/good.html"},
            "scenarios": str(SCENARIOS / "page"),
            "services": {
                "page": {
                    "process": {"command": ["{python}", str(SERVER), "{port:80}"]},
                    "ready": {"http": "80/good.html", "timeout_s": 20},
                }
            },
            "objectives": [],
            "profiles": {"quick": {"phases": ["contract"], "workers": 1}},
        },
    }
    path.write_text(yaml.safe_dump(document))
    return path


def _arguments(gate: Gate) -> tuple[str, ...]:
    return ("run", "--profile", "quick", "--backend", "process", "-f", str(_target(gate)))


def test_dead_execute_button(gate: Gate) -> None:
    """A button that does nothing is NO-GO, with the step, the missing state and a screenshot."""
    done = gate.gonogo(*_arguments(gate), PAGE="dead.html")
    assert done.code == ExitCode.NO_GO, done.output
    flat = " ".join(done.output.split())
    assert "step 2, execute and wait: waited 2 s for status to show" in flat
    (picture,) = {
        step["screenshot"]["path"]
        for journey in json.loads((done.run_dir / "run.json").read_text())["journeys"]
        for step in journey["steps"]
        if step["outcome"] == "failed"
    }
    assert (done.run_dir / picture).read_bytes().startswith(b"\x89PNG")
    junit = (done.run_dir / "junit.xml").read_text()
    assert "step 2, execute and wait" in junit
    assert picture in junit
    report = (done.run_dir / "report.html").read_text()
    assert f'href="{picture}"' in report
    assert 'src="data:image/jpeg;base64,' in report
    assert leftovers(done.run_dir) == []


def test_page_that_throws(gate: Gate) -> None:
    """A page that looks right and has an uncaught error is NO-GO, with the error's message."""
    done = gate.gonogo(*_arguments(gate), PAGE="throws.html")
    assert done.code == ExitCode.NO_GO, done.output
    assert "Uncaught Error: the answer had no job" in " ".join(done.output.split())


def test_no_driver(gate: Gate) -> None:
    """Without a driver a journey does not pass: INCONCLUSIVE, and what to install."""
    tools = gate.folder / "bin"
    tools.mkdir()
    for name in ("sh", "setpriv", "chromium"):
        (tools / name).symlink_to(shutil.which(name) or "/bin/false")
    done = gate.gonogo(*_arguments(gate), PAGE="dead.html", PATH=str(tools))
    assert done.code == ExitCode.INCONCLUSIVE, done.output
    assert "apt-get install chromium-driver" in " ".join(done.output.split())


def test_killed_in_a_step(gate: Gate) -> None:
    """SIGKILL of the gate while a browser waits: nothing of the browser is left."""
    with subprocess.Popen(
        gate.command(*_arguments(gate)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        cwd=ROOT, env={**os.environ, "PAGE": "dead.html", "PAGE_WAIT_S": str(WAIT_S)},
    ) as process:  # fmt: skip
        run_dir = _wait_in_step(gate)
        os.kill(process.pid, signal.SIGKILL)
    assert wait_until(lambda: leftovers(run_dir) == [], GONE_S_MAX), leftovers(run_dir)
    assert processes_of_run(run_dir.name) == []


def _wait_in_step(gate: Gate) -> Path:
    """The run directory, once the second step has begun."""
    end = time.monotonic() + BROWSER_S_MAX
    while time.monotonic() < end:
        for events in gate.runs_dir.glob("*/events/pytest-contract-gw0.ndjson"):
            if events.read_text().count("browser.step_started") == 2:
                return events.parents[1]
        time.sleep(0.05)
    raise AssertionError("the journey never came to its second step")
