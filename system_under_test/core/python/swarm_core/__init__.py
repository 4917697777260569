"""Genome analysis core: parsing and codon statistics over FASTA and FASTQ files."""

from swarm_core._types import (
    ChiSquare,
    CodonPairInformation,
    CodonUsage,
    FileCodonCounts,
    GenomeSummary,
    RecordSummary,
    ShortRecord,
    ShuffleNull,
)
from swarm_core.swarm_core import (
    CorePanicError,
    ParseError,
    __version__,
    chi_square,
    codon_counts,
    codon_pair_information,
    gene_codon_counts,
    genome_summary,
    kl_divergence,
    rscu,
    synonymous_shuffle_null,
)

__all__ = [
    "ChiSquare",
    "CodonPairInformation",
    "CodonUsage",
    "CorePanicError",
    "FileCodonCounts",
    "GenomeSummary",
    "ParseError",
    "RecordSummary",
    "ShortRecord",
    "ShuffleNull",
    "__version__",
    "chi_square",
    "codon_counts",
    "codon_pair_information",
    "gene_codon_counts",
    "genome_summary",
    "kl_divergence",
    "rscu",
    "synonymous_shuffle_null",
]
