"""Shapes of the dictionaries the core returns."""

from typing import TypedDict


class RecordSummary(TypedDict):
    """Title and composition of one record."""

    id: str
    description: str
    length_bp: int
    a: int
    c: int
    g: int
    t: int
    other: int


class GenomeSummary(TypedDict):
    """The records of a file, in order, and their sum."""

    records: list[RecordSummary]
    length_bp: int
    gc: float | None


class CodonUsage(TypedDict):
    """Codons and bases of one coding sequence."""

    codon_counts: dict[str, int]
    total_codons: int
    ambiguous_codons: int
    length_bp: int
    gc: float | None
    gc3: float | None


class ShortRecord(TypedDict):
    """A record shorter than the minimum asked for."""

    id: str
    length_bp: int


class FileCodonCounts(TypedDict):
    """Codons over the records of a file."""

    codon_counts: dict[str, int]
    total_codons: int
    ambiguous_codons: int
    records: int
    length_bp: int
    short_records: int
    short_records_listed: list[ShortRecord]


class ChiSquare(TypedDict):
    """Result of a chi-square test."""

    statistic: float
    degrees_of_freedom: int
    p_value: float
    cells_expected_below_5: int


class CodonPairInformation(TypedDict):
    """How much a codon says about the next one, with the bias of the estimate."""

    mutual_information_bits: float
    bias_bits: float
    pairs: int


class ShuffleNull(TypedDict):
    """An observed statistic beside its distribution under a null model."""

    observed: float
    mean: float
    sd: float
    p_value: float
    shuffles: int
    statistic: str


class WindowScores(TypedDict):
    """One measure each: how far a window is from its null model, in standard deviations."""

    log_odds_bits: float
    index_of_coincidence: float
    autocorrelation_lag_3: float
    autocorrelation_lag_9: float
    entropy_bits: float


class ScoredWindow(TypedDict):
    """A window of a gene beside its null model."""

    gene: int
    start: int
    end: int
    log_odds_bits: float
    index_of_coincidence: float
    autocorrelation_lag_3: float
    autocorrelation_lag_9: float
    entropy_bits: float
    z: WindowScores
    score: float
    p_value: float
    q_value: float


class TraitInGene(TypedDict):
    """A trait in a gene; None where the gene cannot be tested."""

    trait: str
    log_odds_bits: float
    score: float | None
    start: int | None
    end: int | None
    excess_bits: float | None
    p_value: float | None
    q_value: float | None
    confidence: float | None
    shuffles: int
    overlaps_stronger: bool
    passes: bool


class GeneTraits(TypedDict):
    """The traits of one gene, by name."""

    traits: list[TraitInGene]
    pleiotropic: bool


class PlantedTrait(TypedDict):
    """A stretch of a generated gene where a trait is planted."""

    trait: str
    start: int
    end: int


class GeneratedGene(TypedDict):
    """A generated gene and what it carries."""

    id: str
    start: int
    end: int
    strand: str
    planted: list[PlantedTrait]


class Motif(TypedDict):
    """A regulatory motif of a generated gene."""

    kind: str
    start: int
    end: int
    strand: str
    gene: str


class GeneratedGenome(TypedDict):
    """A generated genome and the truth about it."""

    record: str
    fasta: str
    length_bp: int
    genes: list[GeneratedGene]
    motifs: list[Motif]
    background: dict[str, float]
    profiles: dict[str, dict[str, float]]
