"""Genome tasks; the counting is done by the Rust module ``swarm_core``."""

from __future__ import annotations

import importlib
import itertools
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from swarm.tasks.context import PermanentError, TaskContext
from swarm.tasks.gene_list import BadGeneList, Gene, read_gene_list
from swarm.tasks.workspace import OutsideWorkspace, workspace_file

CODONS = tuple("".join(bases) for bases in itertools.product("ACGT", repeat=3))


class FastaParameters(BaseModel):
    """A genome file in the workspace."""

    model_config = ConfigDict(extra="forbid")

    fasta: str


class GenesParameters(FastaParameters):
    """A genome and a gene list; with traits, only the genes that touch one of them."""

    genes: str
    traits: list[str] = Field(default_factory=list, max_length=100)


class ShuffleParameters(FastaParameters):
    """Genes to compare with ``shuffles`` synonymous shuffles each."""

    genes: list[Gene] = Field(min_length=1, max_length=10_000)
    shuffles: int = Field(ge=1, le=100_000_000)
    seed: int = Field(ge=0, le=2**63 - 1)


class AggregateParameters(BaseModel):
    """Takes nothing but what it waited for."""

    model_config = ConfigDict(extra="forbid")


def _core() -> Any:
    try:
        return importlib.import_module("swarm_core")
    except ImportError as error:
        raise PermanentError(f"the Rust module swarm_core is not installed: {error}") from None


def _file(context: TaskContext, name: str) -> Path:
    try:
        return workspace_file(context.workspace, name)
    except OutsideWorkspace as error:
        raise PermanentError(str(error)) from None


def summary(context: TaskContext, parameters: FastaParameters) -> dict[str, Any]:
    """Return the records of a genome, its length, base counts and GC."""
    path = _file(context, parameters.fasta)
    found: dict[str, Any] = dict(_core().genome_summary(str(path)))
    records = [dict(record) for record in found["records"]]
    bases = {base: sum(r[base] for r in records) for base in ("a", "c", "g", "t", "other")}
    context.log("info", f"{len(records)} records, {found['length_bp']} bp")
    return {
        "length_bp": found["length_bp"],
        "gc": found["gc"],
        "base_counts": bases,
        "records": records,
    }


def codon_counts(context: TaskContext, parameters: GenesParameters) -> list[dict[str, Any]]:
    """Return codon counts (all 64), GC and GC3 of each gene."""
    path = _file(context, parameters.fasta)
    try:
        genes = read_gene_list(_file(context, parameters.genes), parameters.traits)
    except BadGeneList as error:
        raise PermanentError(str(error)) from None
    counted = _core().gene_codon_counts(str(path), [gene.region for gene in genes])
    context.log("info", f"codons of {len(genes)} genes counted")
    return [
        {
            **gene.model_dump(),
            "length_bp": counts["length_bp"],
            "codon_counts": {codon: counts["codon_counts"].get(codon, 0) for codon in CODONS},
            "total_codons": counts["total_codons"],
            "ambiguous_codons": counts["ambiguous_codons"],
            "gc": counts["gc"],
            "gc3": counts["gc3"],
        }
        for gene, counts in zip(genes, counted, strict=True)
    ]


def shuffle_null(context: TaskContext, parameters: ShuffleParameters) -> dict[str, Any]:
    """Compare each gene with its own synonymous shuffles; the seed makes it repeatable."""
    path = _file(context, parameters.fasta)
    core = _core()
    nulls: dict[str, Any] = {}
    for done, gene in enumerate(parameters.genes):
        context.report(done / len(parameters.genes))
        nulls[gene.gene] = dict(
            core.synonymous_shuffle_null(
                str(path), *gene.region, parameters.shuffles, parameters.seed
            )
        )
    return nulls


def aggregate(context: TaskContext, _parameters: AggregateParameters) -> dict[str, Any]:
    """Put the parts together and add the totals over all genes."""
    genes: list[dict[str, Any]] = context.inputs.get("codons", [])
    nulls: dict[str, Any] = {}
    for name, result in context.inputs.items():
        if name.startswith("null-"):
            nulls.update(result)
    codons: Counter[str] = Counter()
    for gene in genes:
        codons.update(gene["codon_counts"])
    # A gene without any of A, C, G and T has no GC and no weight.
    known = [gene for gene in genes if gene["gc"] is not None]
    known_bp = sum(gene["length_bp"] for gene in known)
    weighted_gc = sum(gene["gc"] * gene["length_bp"] for gene in known)
    return {
        "genome": context.inputs["parse"],
        "genes": [{**gene, "null": nulls.get(gene["gene"])} for gene in genes],
        "totals": {
            "genes": len(genes),
            "length_bp": sum(gene["length_bp"] for gene in genes),
            "total_codons": sum(gene["total_codons"] for gene in genes),
            "ambiguous_codons": sum(gene["ambiguous_codons"] for gene in genes),
            "codon_counts": {codon: codons[codon] for codon in CODONS},
            "gc": weighted_gc / known_bp if known_bp else None,
        },
    }
