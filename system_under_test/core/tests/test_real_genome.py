"""The real genome, read by the core and by Biopython."""

import gzip
from collections import Counter
from pathlib import Path

import pytest
import swarm_core
from Bio import SeqIO
from Bio.Seq import Seq
from Bio.SeqUtils import GC123, gc_fraction

Region = tuple[int, int, str]


@pytest.fixture(scope="module")
def sequence(genome_path: Path) -> Seq:
    """The chromosome as Biopython reads it."""
    with gzip.open(genome_path, "rt") as lines:
        return next(SeqIO.parse(lines, "fasta")).seq


@pytest.fixture(scope="module")
def plain_path(genome_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The genome decompressed."""
    path = tmp_path_factory.mktemp("genome") / "genome.fna"
    path.write_bytes(gzip.decompress(genome_path.read_bytes()))
    return path


def codons(sequence: str) -> dict[str, int]:
    """In-frame codons by definition, alphabetical."""
    counts = Counter(sequence[i : i + 3] for i in range(0, len(sequence) - 2, 3))
    return dict(sorted(counts.items()))


def test_summary_is_that_of_biopython(genome_path: Path, sequence: Seq) -> None:
    """Length, each base and GC of the chromosome are those Biopython counts."""
    summary = swarm_core.genome_summary(genome_path)
    [record] = summary["records"]
    assert record["length_bp"] == summary["length_bp"] == len(sequence) == 4_938_920
    assert [record["a"], record["c"], record["g"], record["t"], record["other"]] == [
        *(sequence.count(base) for base in "ACGT"),
        0,
    ]
    assert summary["gc"] == gc_fraction(sequence)


def test_codons_of_the_genes_are_those_of_biopython(
    genome_path: Path, sequence: Seq, regions: list[Region]
) -> None:
    """Codon counts, GC and GC3 of the five genes are Biopython's, and each is one protein."""
    found = swarm_core.gene_codon_counts(genome_path, regions)
    for (start, end, strand), gene in zip(regions, found, strict=True):
        bases = sequence[start - 1 : end]
        bases = bases.reverse_complement() if strand == "-" else bases
        protein = bases.translate(table=11)
        assert str(protein).index("*") == len(protein) - 1
        assert list(gene["codon_counts"].items()) == list(codons(str(bases)).items())
        assert gene["total_codons"] * 3 == gene["length_bp"] == len(bases)
        assert gene["ambiguous_codons"] == 0
        assert gene["gc"] == gc_fraction(bases)
        assert gene["gc3"] == pytest.approx(GC123(bases)[3] / 100, rel=1e-12)


def test_whole_chromosome_with_any_number_of_threads(
    genome_path: Path, plain_path: Path, sequence: Seq
) -> None:
    """The chromosome's codons are those of the definition, in ten runs, on one thread or more."""
    expected = codons(str(sequence))
    first = swarm_core.codon_counts(genome_path)
    assert list(first["codon_counts"].items()) == list(expected.items())
    assert (first["records"], first["length_bp"]) == (1, len(sequence))
    for threads in [1, 2, 2, 3, 5] * 2:
        assert swarm_core.codon_counts(plain_path, threads=threads) == first


def test_all_genes_in_one_call(plain_path: Path, regions: list[Region]) -> None:
    """A batch gives what single calls give, in the order asked for."""
    batch = swarm_core.gene_codon_counts(plain_path, regions * 20)
    single = [swarm_core.gene_codon_counts(plain_path, [region])[0] for region in regions]
    assert batch == single * 20
