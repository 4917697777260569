import os
from collections.abc import Callable, Sequence
from typing import NoReturn

from swarm_core._types import (
    ChiSquare,
    CodonPairInformation,
    CodonUsage,
    FileCodonCounts,
    GeneratedGenome,
    GeneTraits,
    GenomeSummary,
    ScoredWindow,
    ShuffleNull,
)

__version__: str

class ParseError(ValueError):
    file: str
    line: int
    reason: str

class CorePanicError(RuntimeError): ...

def _decompress(path: str | os.PathLike[str]) -> int: ...
def _panic(message: str) -> NoReturn: ...
def benjamini_hochberg(p_values: Sequence[float]) -> list[float]: ...
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
def generate_genome(
    seed: int, genes: int = 100, traits: int = 4, strength: float = 0.8
) -> GeneratedGenome: ...
def genome_summary(path: str | os.PathLike[str]) -> GenomeSummary: ...
def kl_divergence(
    p_counts: dict[str, int], q_counts: dict[str, int], pseudocount: float = 0.0
) -> float: ...
def read_records(path: str | os.PathLike[str]) -> list[tuple[str, bytes]]: ...
def rscu(codon_counts: dict[str, int]) -> dict[str, float]: ...
def scan_traits(
    path: str | os.PathLike[str],
    regions: Sequence[tuple[int, int, str]],
    profiles: dict[str, dict[str, float]],
    record: str | None = None,
    background_counts: dict[str, int] | None = None,
    window_bp: int = 150,
    step_bp: int = 75,
    shuffles: int = 9999,
    fdr: float = 0.05,
    seed: int = 0,
    threads: int = 1,
    progress: Callable[[int, int], object] | None = None,
    first_gene: int = 0,
) -> list[GeneTraits]: ...
def scan_windows(
    path: str | os.PathLike[str],
    regions: Sequence[tuple[int, int, str]],
    record: str | None = None,
    background_counts: dict[str, int] | None = None,
    window_bp: int = 300,
    step_bp: int = 150,
    shuffles: int = 999,
    seed: int = 0,
    threads: int = 1,
    progress: Callable[[int, int], object] | None = None,
    first_gene: int = 0,
) -> list[ScoredWindow]: ...
def synonymous_shuffle_null(
    path: str | os.PathLike[str],
    start: int,
    end: int,
    strand: str,
    shuffles: int,
    seed: int,
) -> ShuffleNull: ...
