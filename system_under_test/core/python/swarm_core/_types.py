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
