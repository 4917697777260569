"""Tasks of a single step: the summary of a genome, and the shuffle comparison of given genes."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from swarm.tasks.context import TaskContext
from swarm.tasks.gene_list import Gene
from swarm.tasks.genome.files import core, input_file

# Records listed in a result; all are counted. Bounds it for assemblies of many pieces.
RECORDS_LISTED = 100


class FastaParameters(BaseModel):
    """A genome file in the workspace."""

    model_config = ConfigDict(extra="forbid")

    fasta: str


class ShuffleParameters(FastaParameters):
    """Genes to compare with ``shuffles`` synonymous shuffles each."""

    genes: list[Gene] = Field(min_length=1, max_length=10_000)
    shuffles: int = Field(ge=1, le=100_000_000)
    seed: int = Field(ge=0, le=2**63 - 1)


def summary(context: TaskContext, parameters: FastaParameters) -> dict[str, Any]:
    """Return the length, base counts and GC of a genome, and its first records."""
    path = input_file(context, parameters.fasta)
    found: dict[str, Any] = dict(core().genome_summary(str(path)))
    records = [dict(record) for record in found["records"]]
    bases = {base: sum(r[base] for r in records) for base in ("a", "c", "g", "t", "other")}
    context.log("info", f"{len(records)} records, {found['length_bp']} bp")
    return {
        "length_bp": found["length_bp"],
        "gc": found["gc"],
        "base_counts": bases,
        "record_count": len(records),
        "records": records[:RECORDS_LISTED],
    }


def shuffle_null(context: TaskContext, parameters: ShuffleParameters) -> dict[str, Any]:
    """Compare each gene with its own synonymous shuffles; the seed makes it repeatable."""
    path = input_file(context, parameters.fasta)
    nulls: dict[str, Any] = {}
    for done, gene in enumerate(parameters.genes):
        context.report(done / len(parameters.genes))
        nulls[gene.gene] = dict(
            core().synonymous_shuffle_null(
                str(path), *gene.region, parameters.shuffles, parameters.seed
            )
        )
    return nulls
