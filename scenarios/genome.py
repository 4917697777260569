"""The expected result of the genome job, computed independently of the system."""

import gzip
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FASTA = "NC_008253.fna.gz"
GENES = "pleiotropic_genes.json"
COMPLEMENT = str.maketrans("ACGT", "TGCA")


@dataclass(frozen=True, slots=True)
class Gene:
    """Expected values of one gene.

    Attributes:
        codons: count of each codon, in frame from its start, with the stop codon.
        gc: share of the bases G and C.
    """

    name: str
    codons: dict[str, int]
    gc: float


@dataclass(frozen=True, slots=True)
class Genome:
    """Expected values of the genome and its genes."""

    length_bp: int
    gc: float
    genes: dict[str, Gene]


def expected(data: Path) -> Genome:
    """The expected values for the committed genome, by the standard library only."""
    with gzip.open(data / FASTA, "rt") as file:
        sequence = "".join(line.strip() for line in file if not line.startswith(">")).upper()
    listed = json.loads((data / GENES).read_text())["genes"]
    return Genome(
        length_bp=len(sequence),
        gc=_gc(sequence),
        genes={entry["gene"]: _gene(sequence, entry) for entry in listed},
    )


def present(gene: dict[str, Any]) -> dict[str, int]:
    """The codons that occur in a gene; the table that the system returns also has zeros."""
    return {codon: count for codon, count in gene["codon_counts"].items() if count}


def _gene(sequence: str, entry: dict[str, Any]) -> Gene:
    bases = sequence[entry["start"] - 1 : entry["end"]]
    if entry["strand"] == "-":
        bases = bases.translate(COMPLEMENT)[::-1]
    codons = Counter(bases[at : at + 3] for at in range(0, len(bases), 3))
    return Gene(entry["gene"], dict(codons), _gc(bases))


def _gc(bases: str) -> float:
    counts = Counter(bases)
    strong = counts["G"] + counts["C"]
    return strong / (strong + counts["A"] + counts["T"])
