"""The last task of a genome job: join the parts, correct for multiple testing, write results."""

from __future__ import annotations

import mimetypes
from collections import Counter
from typing import Any

from pydantic import BaseModel, ConfigDict

from swarm.tasks.context import TaskContext
from swarm.tasks.genome.analyse import FDR, TRAIT_SHUFFLES, WINDOW_SHUFFLES
from swarm.tasks.genome.codons import CODONS
from swarm.tasks.genome.files import core, parts_directory, read_checked, to_json, write_whole
from swarm.tasks.genome.pictures import heat_map, network
from swarm.tasks.genome.report import report
from swarm.tasks.genome.statistics import statistics
from swarm.tasks.genome.traits import decide, identified, pleiotropic

# Genes listed in the job's result; all are in analysis_results.json.
GENES_LISTED = 100


class AggregateParameters(BaseModel):
    """What the job was asked for; it is repeated in the results."""

    model_config = ConfigDict(extra="forbid")

    fasta: str
    window: int
    shuffles: int
    seed: int


def aggregate(context: TaskContext, parameters: AggregateParameters) -> dict[str, Any]:
    """Write the job's artefacts and return a summary that names them."""
    located = context.inputs["locate"]
    genes = _joined(context, located["parts"])
    context.report(0.1)
    windows = _correct_windows(genes)
    decide(genes, FDR)
    results = {
        "genome": located["genome"],
        "parameters": {
            **parameters.model_dump(),
            "false_discovery_rate": FDR,
            "window_shuffles": WINDOW_SHUFFLES,
            "trait_shuffles": TRAIT_SHUFFLES,
        },
        "coding_sequences": {
            "source": located["source"],
            "left_out_count": located["left_out_count"],
            "left_out": located["left_out"],
        },
        "sequences": genes,
        "identified_traits": identified(genes),
        "windows_tested": windows,
        "frequency_table": _frequencies(genes),
        "totals": _totals(genes),
        "statistics": statistics(genes),
    }
    context.report(0.6)
    found = pleiotropic(genes)
    artefacts = [
        _artefact(context, "analysis_results.json", to_json(results)),
        _artefact(context, "pleiotropic_genes.json", to_json(found, indent=1)),
        _artefact(context, "summary_report.md", report(results, found).encode()),
        _artefact(context, "trait_heat_map.png", heat_map(genes)),
        _artefact(context, "gene_trait_network.png", network(genes)),
    ]
    context.log("info", f"{len(genes)} genes, {len(artefacts)} artefacts")
    return {
        "genome": located["genome"],
        "coding_sequences": results["coding_sequences"],
        "genes": genes[:GENES_LISTED],
        "totals": results["totals"],
        "windows_tested": windows,
        "traits_found": sum(len(row["trait_names"]) for row in identified(genes)),
        "pleiotropic_genes": len(found["genes"]),
        "artefacts": artefacts,
    }


def _joined(context: TaskContext, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of all parts in the order of the genes."""
    directory = parts_directory(context)
    rows: list[dict[str, Any]] = []
    for number in range(len(parts)):
        analysed = context.inputs[f"analyse-{number + 1}"]
        rows += read_checked(directory / f"rows-{number}.json", analysed["rows"])
    return rows


def _correct_windows(genes: list[dict[str, Any]]) -> dict[str, int]:
    """Correct over all windows of the genome, and leave in each gene those that pass."""
    p_values = [p for gene in genes for p in gene["windows"]["p_values"]]
    q_values = iter(core().benjamini_hochberg(p_values))
    passed = 0
    for gene in genes:
        kept = gene.pop("windows")
        of_gene = [next(q_values) for _ in kept["p_values"]]
        gene["windows"] = [
            {**window, "q_value": of_gene[int(at)]}
            for at, window in sorted(kept["notable"].items(), key=lambda item: int(item[0]))
            if of_gene[int(at)] <= FDR
        ]
        gene["windows_tested"] = len(of_gene)
        gene["window_p_min"] = min(kept["p_values"], default=None)
        gene["window_q_min"] = min(of_gene, default=None)
        passed += len(gene["windows"])
    return {"windows": len(p_values), "passed": passed}


def _frequencies(genes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Count, share and relative synonymous usage of each codon over all genes."""
    counts = _codons(genes)
    total = sum(counts.values())
    usage: dict[str, float] = core().rscu({c: n for c, n in counts.items() if n})
    return [
        {
            "codon": codon,
            "count": counts[codon],
            "frequency": counts[codon] / total if total else None,
            "rscu": usage.get(codon),
        }
        for codon in CODONS
    ]


def _codons(genes: list[dict[str, Any]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for gene in genes:
        counts.update(gene["codon_counts"])
    return counts


def _totals(genes: list[dict[str, Any]]) -> dict[str, Any]:
    codons = _codons(genes)
    # A gene without any A, C, G or T has no GC content and no weight in the mean.
    known = [gene for gene in genes if gene["gc"] is not None]
    known_bp = sum(gene["length_bp"] for gene in known)
    weighted_gc = sum(gene["gc"] * gene["length_bp"] for gene in known)
    return {
        "genes": len(genes),
        "length_bp": sum(gene["length_bp"] for gene in genes),
        "total_codons": sum(gene["total_codons"] for gene in genes),
        "ambiguous_codons": sum(gene["ambiguous_codons"] for gene in genes),
        "codon_counts": {codon: codons[codon] for codon in CODONS},
        "gc": weighted_gc / known_bp if known_bp else None,
    }


def _artefact(context: TaskContext, name: str, content: bytes) -> dict[str, Any]:
    sha256 = write_whole(context.results_directory() / name, content)
    kind = "text/markdown" if name.endswith(".md") else mimetypes.guess_type(name)[0]
    return {
        "name": name,
        "media_type": kind,
        "size_bytes": len(content),
        "sha256": sha256,
    }
