"""The twelve error injections fail against systems that break the error contract."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gonogo.vocabulary import ExitCode
from scenarios.contract.test_errors_input import peaks_mib
from scenarios.error_contract import internals
from tests.end_to_end.conftest import ROOT, Gate
from tests.scenarios.growing import growing

TABLE = ROOT / "docs" / "error-injection.md"
# Longer than the run's own limit, whose message says more.
WHOLE_RUN = pytest.mark.timeout(600)
ROW = re.compile(r"\| (\d+) \| [^|]+ \| `([\w/]+\.py)`: (.+) \|")
INJECTIONS = {str(number) for number in range(1, 13)}
SOCKET_LOSS = "10"
STUB_200 = ["{python}", str(ROOT / "tests" / "end_to_end" / "stub_200.py"), "{port:8080}"]
DEAD = ["{python}", "-c", "import time; print('up', flush=True); time.sleep(600)"]
POLITE = [
    "{python}", "-m", "gunicorn", "--pythonpath", str(ROOT), "-c", "python:swarm.api.server",
    "tests.scenarios.polite_api:app()",
]  # fmt: skip


def _table() -> dict[tuple[str, str], str]:
    """Which injection a scenario belongs to, by file name and function."""
    rows = ROW.findall(TABLE.read_text())
    return {
        (file, name): number
        for number, file, names in rows
        for name in re.findall(r"`(\w+)`", names)
    }


def _run(folder: Path, command: list[str], **ready: Any) -> dict[str, list[str]]:
    """Run the twelve with another api; the outcomes of each injection."""
    gate, named = Gate(folder), _table()
    scenarios = folder / "scenarios"
    scenarios.mkdir()
    for file, _ in named:
        link = scenarios / Path(file).name
        if not link.exists():
            link.symlink_to(ROOT / "scenarios" / file)

    def edit(document: dict[str, Any]) -> None:
        own = document["x-harness"]
        own["scenarios"], own["objectives"] = str(scenarios), []
        own["profiles"] = {"chaos": {"phases": ["contract", "faults"]}}
        local = own["services"]["api"] = {**own["services"]["api"]}
        local["process"] = {**local["process"], "command": command}
        local["ready"] = {**(ready or local["ready"]), "timeout_s": 30}

    # The links are outside of the checkout; their imports are found by the path.
    arguments = ("run", "--profile", "chaos", "-f", str(gate.target(edit)))
    done = gate.gonogo(*arguments, PYTHONPATH=str(ROOT))
    assert done.code == ExitCode.NO_GO, done.output
    outcomes: dict[str, list[str]] = {}
    short = {(Path(file).name, name): number for (file, name), number in named.items()}
    for test in json.loads((done.run_dir / "run.json").read_text())["tests"]:
        file, _, name = test["test"].rpartition("/")[2].partition("::")
        if number := short.get((file, name.partition("[")[0])):
            outcomes.setdefault(number, []).append(test["outcome"])
    assert set(outcomes) == INJECTIONS, done.output
    return outcomes


def _passed(outcomes: dict[str, list[str]]) -> set[str]:
    return {number for number, found in outcomes.items() if "passed" in found}


def _kept(outcomes: dict[str, list[str]]) -> set[str]:
    """Injections of which no part failed."""
    return {number for number, found in outcomes.items() if "failed" not in found}


def test_the_table_is_true() -> None:
    """The page names all twelve injections, and each scenario it names is there."""
    named = _table()
    assert set(named.values()) == INJECTIONS
    for file, name in named:
        assert f"def {name}(" in (ROOT / "scenarios" / file).read_text(), (file, name)


@WHOLE_RUN
@pytest.mark.slow
def test_dead_port(tmp_path: Path) -> None:
    """Against a port without a listener none of the twelve passes, not even partly."""
    assert _passed(_run(tmp_path, DEAD, log="up")) == set()


@WHOLE_RUN
@pytest.mark.slow
def test_always_200(tmp_path: Path) -> None:
    """Against a server that answers 200 to everything no part of the twelve passes."""
    assert _passed(_run(tmp_path, STUB_200)) == set()


@WHOLE_RUN
@pytest.mark.slow
def test_errors_answered_200(tmp_path: Path) -> None:
    """Against the real api with 200 for every error only the WebSocket loss passes."""
    assert _kept(_run(tmp_path, POLITE)) <= {SOCKET_LOSS}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"detail": "no such file: /srv/app/workspace/a.csv"}', ["/srv/app/workspace/a.csv"]),
        ("Traceback (most recent call last):", ["Traceback"]),
        ('{"instance": "/api/jobs/none/result", "type": "urn:swarm:problem:gone"}', []),
        ("'../../etc/passwd' leaves the workspace; see https://example.org/a/b", []),
    ],
)
def test_internals_are_found(text: str, found: list[str]) -> None:
    """A path of the machine or a trace is seen; the api's own routes and what we sent are not."""
    assert internals(text, sent=["../../etc/passwd"]) == found


def test_a_body_held_in_memory_is_seen() -> None:
    """A process that once held 100 MiB and gave it back has still grown by that."""
    with growing(100) as process:
        before = peaks_mib([process])[process.pid]
        process.grow()
        assert peaks_mib([process])[process.pid] - before > 90
