"""genome_analysis: codon usage of listed genes against a synonymous-shuffle null."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from swarm.orchestrator import TaskSpec
from swarm.scripts.definition import Parameter, ParameterError, Script
from swarm.tasks import workspace_file
from swarm.tasks.gene_list import BadGeneList, Gene, read_gene_list

# Genes are shuffled in so many tasks at most, so that agents share the work without a task
# per gene in a whole genome.
NULL_TASKS_MAX = 8
TIMEOUT_S = 900.0


def _build(values: dict[str, Any], workspace: Path) -> list[TaskSpec]:
    fasta = {"fasta": values["fasta"]}
    tasks = [_task("parse", "genome.summary", fasta)]
    if values["genes"] is not None:
        counted = {**fasta, "genes": values["genes"], "traits": values["traits"]}
        tasks.append(_task("codons", "genome.codon_counts", counted))
        if values["shuffles"] > 0:
            tasks += _null_tasks(values, _read_genes(values, workspace))
    elif values["traits"]:
        raise ParameterError({"traits": "needs genes"})
    parts = tuple(task.name for task in tasks)
    return [*tasks, _task("aggregate", "genome.aggregate", {}, parts)]


def _read_genes(values: dict[str, Any], workspace: Path) -> list[Gene]:
    try:
        return read_gene_list(workspace_file(workspace, values["genes"]), values["traits"])
    except BadGeneList as error:
        raise ParameterError({"genes": str(error)}) from None


def _null_tasks(values: dict[str, Any], genes: list[Gene]) -> list[TaskSpec]:
    count = min(NULL_TASKS_MAX, len(genes))
    return [
        _task(
            f"null-{number + 1}",
            "genome.shuffle_null",
            {
                "fasta": values["fasta"],
                "genes": [gene.model_dump() for gene in genes[number::count]],
                "shuffles": values["shuffles"],
                "seed": values["seed"],
            },
            # The file is read once before several tasks read it at the same time, and a
            # malformed one fails in one place.
            ("parse",),
        )
        for number in range(count)
    ]


def _task(
    name: str, task_type: str, parameters: dict[str, Any], dependencies: tuple[str, ...] = ()
) -> TaskSpec:
    return TaskSpec(name, task_type, parameters, dependencies=dependencies, timeout_s=TIMEOUT_S)


GENOME_ANALYSIS = Script(
    name="genome_analysis",
    description="Parse a genome, count the codons of listed genes, and compare each gene with "
    "synonymous shuffles of itself.",
    parameters=(
        Parameter("fasta", "file", "Genome (FASTA, may be gzipped)", required=True),
        Parameter("genes", "file", "Gene list (JSON with name, strand, start, end, traits)"),
        Parameter("traits", "string_list", "Only genes with one of these traits", default=[]),
        Parameter(
            "shuffles",
            "integer",
            "Synonymous shuffles per gene; 0 leaves the comparison out",
            default=200,
            minimum=0,
            maximum=100_000_000,
        ),
        Parameter(
            "seed",
            "integer",
            "Seed of the shuffles: same seed, same result",
            default=1,
            minimum=0,
            maximum=2**63 - 1,
        ),
    ),
    build=_build,
)
