"""A work done in parts, and the records it is cut from."""

import gzip
from pathlib import Path

import pytest
import swarm_core
from Bio import SeqIO


def test_parts_score_as_the_whole(tmp_path: Path) -> None:
    """Genes scanned in parts, numbered as in the whole, have every figure but q of the whole."""
    genome = swarm_core.generate_genome(3, genes=9)
    path = tmp_path / "genome.fa"
    path.write_text(genome["fasta"], encoding="ascii")
    regions = [(gene["start"], gene["end"], gene["strand"]) for gene in genome["genes"]]
    background: dict[str, int] = {}
    for counts in swarm_core.gene_codon_counts(path, regions):
        for codon, count in counts["codon_counts"].items():
            background[codon] = background.get(codon, 0) + count
    windows = swarm_core.scan_windows(path, regions, shuffles=50, seed=5)
    traits = swarm_core.scan_traits(path, regions, genome["profiles"], shuffles=50, seed=5)
    in_parts, traits_in_parts = [], []
    for start, end in ((0, 2), (2, 3), (3, 9)):
        for window in swarm_core.scan_windows(
            path, regions[start:end], None, background, shuffles=50, seed=5, first_gene=start
        ):
            window["gene"] += start
            in_parts.append(window)
        traits_in_parts += swarm_core.scan_traits(
            path,
            regions[start:end],
            genome["profiles"],
            background_counts=background,
            shuffles=50,
            seed=5,
            first_gene=start,
        )
    for found, whole in zip(in_parts, windows, strict=True):
        assert {**found, "q_value": 0} == {**whole, "q_value": 0}
    of_call = {"q_value": 0, "confidence": 0, "passes": 0}
    for part, row in zip(traits_in_parts, traits, strict=True):
        for one, other in zip(part["traits"], row["traits"], strict=True):
            assert {**one, **of_call} == {**other, **of_call}
    # Without its number a gene draws other shuffles: the comparison above can fail.
    unnumbered = swarm_core.scan_windows(path, regions[3:], None, background, shuffles=50, seed=5)
    whole_p = [window["p_value"] for window in windows if window["gene"] >= 3]
    assert [window["p_value"] for window in unnumbered] != whole_p


def test_records_are_those_of_biopython(genome_path: Path, tmp_path: Path) -> None:
    """Identifiers and bases, case kept, of a chromosome and of a file with all spellings."""
    with gzip.open(genome_path, "rt") as text:
        expected = [(record.id, bytes(record.seq)) for record in SeqIO.parse(text, "fasta")]
    assert swarm_core.read_records(genome_path) == expected
    path = tmp_path / "odd.fa"
    path.write_bytes(b">a one\r\nACgt\r\n\r\nNN-\r\n>b\n>a\nT\n")
    assert swarm_core.read_records(path) == [("a", b"ACgtNN-"), ("b", b""), ("a", b"T")]
    path.write_bytes(b">a\nAC!\n")
    with pytest.raises(swarm_core.ParseError, match=":2: '!'"):
        swarm_core.read_records(path)
