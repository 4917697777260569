"""A genome job's tasks run one after another in this process, without queue and agents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import swarm_core
from swarm.scripts.genome_analysis import GENOME_ANALYSIS
from swarm.tasks import TASK_TYPES, TaskContext


def write_generated(workspace: Path, name: str, *, seed: int, genes: int) -> None:
    """Write a generated genome, ``name.fa``, and the truth about it, ``name.json``."""
    genome: dict[str, Any] = dict(swarm_core.generate_genome(seed, genes=genes))
    (workspace / f"{name}.fa").write_text(genome.pop("fasta"))
    (workspace / f"{name}.json").write_text(json.dumps(genome))


def run_job(workspace: Path, job_id: str, **parameters: Any) -> dict[str, Any]:
    """Run the script's tasks in the order of the graph; results by name of the task."""
    results: dict[str, Any] = {}
    for task in GENOME_ANALYSIS.plan(parameters, workspace):
        inputs = {name: results[name] for name in task.dependencies}
        told: list[float] = []
        context = TaskContext(job_id, workspace, inputs, told.append, lambda *_: None)
        result = TASK_TYPES[task.type].execute(context, task.parameters)
        assert told == sorted(told), f"progress of {task.name} goes back: {told}"
        # Results pass through Redis as JSON.
        results[task.name] = json.loads(json.dumps(result))
    return results


def contents(workspace: Path, job_id: str) -> dict[str, bytes]:
    """Read the job's artefacts, by name."""
    directory = workspace / "results" / job_id
    return {path.name: path.read_bytes() for path in directory.glob("*.*")}
