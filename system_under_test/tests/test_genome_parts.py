"""A genome job in parts: the same bytes for any number of parts, also when an agent dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from genome_support import contents, run_job, write_generated
from swarm.scripts.genome_analysis import GENOME_ANALYSIS
from swarm.tasks import TASK_TYPES, PermanentError, TaskContext
from swarm.tasks.genome.analyse import (
    _REUSE_DONE,
    _WINDOWS_DONE,
    AnalyseParameters,
    _progress,
    _reuse,
)
from swarm.tasks.genome.locate import shares
from swarm_support import HERE, System, wait_for

ARTEFACTS = {
    "analysis_results.json",
    "gene_trait_network.png",
    "pleiotropic_genes.json",
    "summary_report.md",
    "trait_heat_map.png",
}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A workspace with a generated genome of 12 genes in which traits are planted."""
    write_generated(tmp_path, "made", seed=5, genes=12)
    return tmp_path


def _run(made: Path, job_id: str, **more: Any) -> dict[str, Any]:
    files = {"fasta": "made.fa", "genes": "made.json", "profiles": "made.json"}
    return run_job(made, job_id, **{**files, **more})


def test_any_number_of_parts_gives_the_same_bytes(made: Path) -> None:
    """One part, a few, and more parts than genes: every artefact is the same to the byte."""
    _run(made, "whole", parts=1)
    whole = contents(made, "whole")
    assert set(whole) == ARTEFACTS
    assert json.loads(whole["analysis_results.json"])["identified_traits"]
    for parts in (2, 7, 64):
        _run(made, f"in-{parts}", parts=parts)
        assert contents(made, f"in-{parts}") == whole


def test_another_seed_gives_other_bytes(made: Path) -> None:
    """What is compared above depends on the shuffles: a comparison of constants proves nothing."""
    for seed in (1, 2):
        _run(made, f"seed-{seed}", seed=seed)
    one, two = contents(made, "seed-1"), contents(made, "seed-2")
    assert one["analysis_results.json"] != two["analysis_results.json"]
    assert one["summary_report.md"] != two["summary_report.md"]


def test_progress_does_not_go_back_where_a_stage_ends(tmp_path: Path) -> None:
    """Rounding leaves no stage's end above the next one's start, however many genes there are."""
    told: list[float] = []
    context = TaskContext("j", tmp_path, {}, told.append, lambda *_: None)
    parameters = AnalyseParameters(part=0, window=300, shuffles=0, seed=1)
    for genes in range(1, 100):
        told.clear()
        _reuse(context, parameters, tmp_path, [{}] * genes, [(1, 3, "+")] * genes)
        for start, end in pairwise((_REUSE_DONE, _WINDOWS_DONE, 1.0)):
            tell = _progress(context, start, end)
            for done in range(genes + 1):
                tell(done, genes)
        assert told == sorted(told)
        assert told[-1] == 1.0


def test_every_process_makes_the_same_bytes(made: Path) -> None:
    """Pictures and statistics do not depend on the order of sets, which differs by process."""
    code = (
        "import sys; from pathlib import Path; from genome_support import run_job;"
        "run_job(Path(sys.argv[1]), 'there', fasta='made.fa', genes='made.json',"
        " profiles='made.json')"
    )
    # This process has another, random, seed of its hashes.
    environ = {
        **os.environ,
        "PYTHONHASHSEED": "1",
        "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}",
    }
    subprocess.run([sys.executable, "-c", code, str(made)], env=environ, check=True)
    _run(made, "here")
    assert contents(made, "there") == contents(made, "here")


def test_shares_are_even_and_complete() -> None:
    """Every sequence is in exactly one part, in order, and parts are of about the same size."""
    sequences = [b"x" * (300 + 37 * (number % 50)) for number in range(997)]
    total = sum(map(len, sequences))
    for parts in (1, 2, 8, 64):
        found = shares(sequences, parts)
        assert [at for share in found for at in share] == list(range(len(sequences)))
        sizes = [sum(len(sequences[at]) for at in share) for share in found]
        assert max(sizes) <= total / parts + 2 * 2200
    assert [len(share) for share in shares([b"abc"], 4)].count(1) == 1
    assert [len(share) for share in shares([], 3)] == [0, 0, 0]


@pytest.mark.parametrize("name", ["coding-0.fna", "genes-0.json", "shared.json", "rows-0.json"])
def test_a_changed_part_fails_the_job(made: Path, name: str) -> None:
    """A file of the job that is not the one its task wrote is noticed, not joined."""
    results = _run(made, "job", parts=2)
    path = made / "results" / "job" / "parts" / name
    path.write_bytes(path.read_bytes() + b" ")
    task = "aggregate" if name.startswith("rows") else "analyse-1"
    with pytest.raises(PermanentError, match=f"{name} of this job was changed"):
        _again(made, task, results)
    path.unlink()
    with pytest.raises(PermanentError, match=f"{name} of this job is not in the workspace"):
        _again(made, task, results)


def _again(made: Path, name: str, results: dict[str, Any]) -> None:
    files = {"fasta": "made.fa", "genes": "made.json", "profiles": "made.json"}
    tasks = {task.name: task for task in GENOME_ANALYSIS.plan({**files, "parts": 2}, made)}
    context = TaskContext("job", made, results, lambda _: None, lambda *_: None)
    TASK_TYPES[tasks[name].type].execute(context, tasks[name].parameters)


def _stands_still(pid: int) -> bool:
    try:
        threads = [each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/stat")]
    except FileNotFoundError:  # one of them has just ended
        return False
    return all(stat.rpartition(") ")[2][0] == "T" for stat in threads)


def test_agents_share_a_job_and_survive_a_kill(system: System, workspace: Path) -> None:
    """Two agents, one of them killed in the middle: the bytes are those of one agent alone."""
    write_generated(workspace, "shared", seed=8, genes=30)
    parameters = {"fasta": "shared.fa", "genes": "shared.json", "profiles": "shared.json"}
    run_job(workspace, "alone", **parameters, parts=1)
    alone = contents(workspace, "alone")
    one = system.agent("one")
    body = {"script": "genome_analysis", "parameters": {**parameters, "parts": 6}}
    job_id = system.call("POST", "/api/scripts/execute", body).json()["job_id"]

    def stopped_in_the_middle() -> bool:
        one.process.send_signal(signal.SIGSTOP)
        wait_for(lambda: _stands_still(one.process.pid), "it stands still")
        system.job(job_id)  # what it sent before it stopped is done before the second look
        states = {task["state"] for task in system.job(job_id)["tasks"]}
        if {"completed", "in_progress"} <= states:
            return True
        one.process.send_signal(signal.SIGCONT)
        return False

    wait_for(stopped_in_the_middle, "one agent has done a task and holds another")
    system.agent("two")
    one.kill()
    job = system.finished(job_id)
    assert job["status"] == "completed", job["error"]
    assert max(len(task["attempts"]) for task in job["tasks"]) >= 2
    assert {task["agent_id"] for task in job["tasks"]} == {"one", "two"}
    assert contents(workspace, job_id) == alone
