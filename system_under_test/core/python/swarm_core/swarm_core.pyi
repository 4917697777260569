import os
from collections.abc import Sequence
from typing import NoReturn

from swarm_core._types import (
    ChiSquare,
    CodonPairInformation,
    CodonUsage,
    FileCodonCounts,
    GenomeSummary,
    ShuffleNull,
)

__version__: str

class ParseError(ValueError):
    file: str
    line: int
    reason: str

class CorePanicError(RuntimeError): ...

def _panic(message: str) -> NoReturn: ...
def chi_square(
    codon_counts: dict[str, int], expected: dict[str, float] | None = None
) -> ChiSquare: ...
def codon_counts(
    path: str | os.PathLike[str], length_bp_min: int = 0, threads: int = 1
) -> FileCodonCounts: ...
def codon_pair_information(
    path: str | os.PathLike[str],
    regions: Sequence[tuple[int, int, str]],
    record: str | None = None,
) -> CodonPairInformation: ...
def gene_codon_counts(
    path: str | os.PathLike[str],
    regions: Sequence[tuple[int, int, str]],
    record: str | None = None,
) -> list[CodonUsage]: ...
def genome_summary(path: str | os.PathLike[str]) -> GenomeSummary: ...
def kl_divergence(
    p_counts: dict[str, int], q_counts: dict[str, int], pseudocount: float = 0.0
) -> float: ...
def rscu(codon_counts: dict[str, int]) -> dict[str, float]: ...
def synonymous_shuffle_null(
    path: str | os.PathLike[str],
    start: int,
    end: int,
    strand: str,
    shuffles: int,
    seed: int,
) -> ShuffleNull: ...
