"""One part of a genome job: every test of every gene of the part.

The result of a gene depends on the gene, its number in the genome, the background of the whole
genome and the seed, never on the part it is in. What needs all genes (correction for multiple
testing, statistics) is done by the aggregation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from swarm.tasks.context import TaskContext
from swarm.tasks.genome.coding import regions
from swarm.tasks.genome.codons import AMINO_ACID, order_can_vary
from swarm.tasks.genome.files import (
    check,
    core,
    parts_directory,
    read_checked,
    to_json,
    write_whole,
)

# The rate of false discoveries everything is corrected for. A test with a larger p-value cannot
# pass after the correction either, so that its details need not be kept.
FDR = 0.05
WINDOW_SHUFFLES = 999
TRAIT_SHUFFLES = 9999
PATTERN_CODONS = 5
# Progress at the end of each stage, by the time the stages take.
_REUSE_DONE, _WINDOWS_DONE = 0.05, 0.4


class AnalyseParameters(BaseModel):
    """Which part, and how it is tested.

    Windows are of ``window`` bp and half overlap; those of traits are half as long.
    """

    model_config = ConfigDict(extra="forbid")

    part: int = Field(ge=0)
    window: int = Field(ge=12, multiple_of=12)
    shuffles: int = Field(ge=0, le=100_000_000)
    seed: int = Field(ge=0, le=2**63 - 1)


def analyse(context: TaskContext, parameters: AnalyseParameters) -> dict[str, Any]:
    """Write the rows of the part's genes as a file of the job."""
    located = context.inputs["locate"]
    part = located["parts"][parameters.part]
    directory = parts_directory(context)
    coding = directory / f"coding-{parameters.part}.fna"
    check(coding, part["coding"])
    genes = read_checked(directory / f"genes-{parameters.part}.json", part["genes"])
    shared = read_checked(directory / "shared.json", located["shared"])
    path = directory / f"rows-{parameters.part}.json"
    rows = _rows(context, parameters, coding, genes, shared, part["first_gene"]) if genes else []
    return {"genes": len(rows), "rows": write_whole(path, to_json(rows))}


def _rows(
    context: TaskContext,
    parameters: AnalyseParameters,
    coding: Path,
    genes: list[dict[str, Any]],
    shared: dict[str, Any],
    first_gene: int,
) -> list[dict[str, Any]]:
    places = regions([gene["length_bp"] for gene in genes])
    nulls = _reuse(context, parameters, coding, genes, places)
    windows = _windows(context, parameters, coding, places, shared, first_gene)
    traits: list[dict[str, Any]] = [{"traits": []}] * len(genes)
    if shared["profiles"]:
        traits = core().scan_traits(
            str(coding),
            places,
            shared["profiles"],
            background_counts=shared["background"],
            window_bp=parameters.window // 2,
            step_bp=parameters.window // 4,
            shuffles=TRAIT_SHUFFLES,
            fdr=FDR,
            seed=parameters.seed,
            progress=_progress(context, _WINDOWS_DONE, 1.0),
            first_gene=first_gene,
        )
    bases = "".join(coding.read_text("ascii").splitlines()[1:]).upper()
    return [
        {
            **gene,
            "null": null,
            "windows": _kept(of_gene),
            "tested_traits": [
                _with_pattern(found, bases[place[0] - 1 : place[1]]) for found in row["traits"]
            ],
        }
        for gene, null, of_gene, row, place in zip(
            genes, nulls, windows, traits, places, strict=True
        )
    ]


def _reuse(
    context: TaskContext,
    parameters: AnalyseParameters,
    coding: Path,
    genes: list[dict[str, Any]],
    places: list[tuple[int, int, str]],
) -> list[dict[str, Any] | None]:
    """Compare the codon reuse of each gene with shuffles; None where the order cannot vary."""
    nulls: list[dict[str, Any] | None] = []
    tell = _progress(context, 0.0, _REUSE_DONE)
    for gene, place in zip(genes, places, strict=True):
        tested = parameters.shuffles > 0 and order_can_vary(gene["codon_counts"])
        nulls.append(
            core().synonymous_shuffle_null(
                str(coding), *place, parameters.shuffles, parameters.seed
            )
            if tested
            else None
        )
        tell(len(nulls), len(genes))
    return nulls


def _windows(
    context: TaskContext,
    parameters: AnalyseParameters,
    coding: Path,
    places: list[tuple[int, int, str]],
    shared: dict[str, Any],
    first_gene: int,
) -> list[list[dict[str, Any]]]:
    """Score the windows, by gene."""
    scored = core().scan_windows(
        str(coding),
        places,
        background_counts=shared["background"],
        window_bp=parameters.window,
        step_bp=parameters.window // 2,
        shuffles=WINDOW_SHUFFLES,
        seed=parameters.seed,
        progress=_progress(context, _REUSE_DONE, _WINDOWS_DONE),
        first_gene=first_gene,
    )
    by_gene: list[list[dict[str, Any]]] = [[] for _ in places]
    for window in scored:
        # The gene's number is the part's, and q is corrected for the part only.
        found = {key: value for key, value in window.items() if key not in {"gene", "q_value"}}
        by_gene[window["gene"]].append(found)
    return by_gene


def _progress(context: TaskContext, start: float, end: float) -> Callable[[int, int], None]:
    # In this form rounding cannot change start and end: the next stage starts at this end.
    return lambda done, total: context.report(start * (1.0 - done / total) + end * (done / total))


def _kept(windows: list[dict[str, Any]]) -> dict[str, Any]:
    """Keep what the aggregation needs: every p-value, and the windows that can still pass."""
    return {
        "p_values": [window["p_value"] for window in windows],
        "notable": {
            str(at): window for at, window in enumerate(windows) if window["p_value"] <= FDR
        },
    }


def _with_pattern(found: dict[str, Any], bases: str) -> dict[str, Any]:
    """Drop what depends on the part, and add the codons of the window that can still pass."""
    kept = {
        key: value for key, value in found.items() if key not in {"q_value", "confidence", "passes"}
    }
    if found["p_value"] is not None and found["p_value"] <= FDR:
        kept["codon_pattern"] = _pattern(bases, found["start"], found["end"])
    return kept


def _pattern(bases: str, start: int, end: int) -> list[dict[str, Any]]:
    """Codons the window has most in excess of the gene's own usage, at most PATTERN_CODONS."""
    codons = [bases[at : at + 3] for at in range(0, len(bases) - 2, 3)]
    gene = Counter(codon for codon in codons if codon in AMINO_ACID)
    window = Counter(codon for codon in codons[(start - 1) // 3 : end // 3] if codon in AMINO_ACID)
    of_gene, of_window = Counter[str](), Counter[str]()
    for codon, count in gene.items():
        of_gene[AMINO_ACID[codon]] += count
    for codon, count in window.items():
        of_window[AMINO_ACID[codon]] += count
    expected = {
        codon: of_window[AMINO_ACID[codon]] * gene[codon] / of_gene[AMINO_ACID[codon]]
        for codon in window
    }
    ranked = sorted(window, key=lambda codon: (expected[codon] - window[codon], codon))
    return [
        {"codon": codon, "count": window[codon], "expected": round(expected[codon], 3)}
        for codon in ranked[:PATTERN_CODONS]
        if window[codon] > expected[codon]
    ]
