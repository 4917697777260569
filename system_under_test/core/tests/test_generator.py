"""Generated genomes are what their truth says."""

import time
from collections import Counter
from pathlib import Path

import pytest
import swarm_core
from Bio import SeqIO
from Bio.Seq import Seq
from null_genes import TABLE


def test_truth_is_true(tmp_path: Path) -> None:
    """Genes are reading frames of 300 to 3000 nt, promoters have their boxes."""
    genome = swarm_core.generate_genome(3)
    path = tmp_path / "genome.fa"
    path.write_text(genome["fasta"], encoding="ascii")
    record = SeqIO.read(path, "fasta")
    assert (record.id, len(record.seq)) == (genome["record"], genome["length_bp"])

    def bases(start: int, end: int, strand: str) -> Seq:
        forward = record.seq[start - 1 : end]
        return forward.reverse_complement() if strand == "-" else forward

    assert len(genome["genes"]) == 100
    for gene in genome["genes"]:
        coding = bases(gene["start"], gene["end"], gene["strand"])
        assert 300 <= len(coding) <= 3000
        assert str(coding.translate(cds=True))[0] == "M"
    for motif in genome["motifs"]:
        found = str(bases(motif["start"], motif["end"], motif["strand"]))
        if motif["kind"] == "promoter":
            assert (found[:6], found[-6:], len(found)) == ("TTGACA", "TATAAT", 29)
    kinds = Counter(motif["kind"] for motif in genome["motifs"])
    assert kinds["promoter"] == 100
    assert set(kinds) == {"promoter", "enhancer", "silencer"}


def test_frequencies_are_those_of_the_genes(tmp_path: Path) -> None:
    """Unplanted genes use codons as the background says, within sampling error."""
    genome = swarm_core.generate_genome(4, genes=400, strength=0.0)
    path = tmp_path / "genome.fa"
    path.write_text(genome["fasta"], encoding="ascii")
    regions = [(gene["start"], gene["end"], gene["strand"]) for gene in genome["genes"]]
    counts: Counter[str] = Counter()
    for gene in swarm_core.gene_codon_counts(path, regions):
        counts.update(gene["codon_counts"])
    # Start and stop codons are no draws.
    counts.subtract({"ATG": 400, "TAA": 400})
    sense = {codon: counts[codon] for codon in sorted(TABLE)}
    assert swarm_core.chi_square(sense, genome["background"])["p_value"] > 0.001
    assert sum(genome["background"].values()) == pytest.approx(1.0)
    assert list(genome["profiles"]) == ["trait_1", "trait_2", "trait_3", "trait_4"]


def test_seed_decides_and_it_is_fast() -> None:
    """The same seed gives the same genome, another another; 100 genes cost under 0.2 s of CPU."""
    seconds = []
    for _ in range(5):
        began = time.process_time()
        genome = swarm_core.generate_genome(5)
        seconds.append(time.process_time() - began)
        assert genome == swarm_core.generate_genome(5)
    assert swarm_core.generate_genome(6)["fasta"] != genome["fasta"]
    assert min(seconds) < 0.2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 0), "genes must be 1 to 100000"),
        ((1, 1, 101), "traits must be 0 to 100"),
        ((1, 1, 1, 1.5), "strength must be 0 to 1"),
    ],
)
def test_refusals_say_why(arguments: tuple[int, int, int, float], message: str) -> None:
    """An argument out of range is a ValueError that names it."""
    with pytest.raises(ValueError, match=message):
        swarm_core.generate_genome(*arguments)
