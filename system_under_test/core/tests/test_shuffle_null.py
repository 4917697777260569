"""The null model of codon order."""

import subprocess
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import swarm_core
from Bio.Data import CodonTable
from scipy import stats

TABLE = CodonTable.unambiguous_dna_by_id[1].forward_table
SYNONYMS = defaultdict(list)
for _codon, _letter in sorted(TABLE.items()):
    SYNONYMS[_letter].append(_codon)


def families(gene: str) -> list[list[str]]:
    """The codons of each amino acid that has synonyms, in the order of the gene."""
    found = defaultdict(list)
    for i in range(0, len(gene), 3):
        letter = TABLE.get(gene[i : i + 3], "*")
        if len(SYNONYMS[letter]) > 1:
            found[letter].append(gene[i : i + 3])
    return [codons for codons in found.values() if len(codons) > 1]


def write(path: Path, gene: str) -> tuple[Path, int, int, str]:
    """The arguments that name a gene that is a file of its own."""
    path.write_text(f">gene\n{gene}\n", encoding="utf-8")
    return path, 1, len(gene), "+"


def random_gene(random: np.random.Generator, codons: int) -> str:
    """Codons drawn independently, with biased usage."""
    sense = sorted(TABLE)
    weights = random.dirichlet(np.ones(len(sense)))
    return "".join(random.choice(sense, size=codons, p=weights))


def test_statistic_and_moments_are_their_formulas(tmp_path: Path) -> None:
    """Observed is the formula's value; mean and sd are the permutation distribution's own.

    The probability that two neighbours of a permutation of n codons are equal is
    sum k (k - 1) / (n (n - 1)), which gives the mean exactly; the sd is that of an independent
    simulation in NumPy.
    """
    random = np.random.default_rng(11)
    gene = random_gene(random, 250)
    groups = families(gene)
    pairs = sum(len(codons) - 1 for codons in groups)
    reused = sum(a == b for codons in groups for a, b in pairwise(codons))
    mean = 0.0
    for codons in groups:
        counts = np.unique(codons, return_counts=True)[1]
        mean += (counts * (counts - 1)).sum() / len(codons) / pairs
    numbers = [np.unique(codons, return_inverse=True)[1] for codons in groups]
    simulated = [
        sum(int((np.diff(random.permutation(codons)) == 0).sum()) for codons in numbers) / pairs
        for _ in range(2000)
    ]
    found = swarm_core.synonymous_shuffle_null(*write(tmp_path / "g.fa", gene), 20_000, 1)
    assert found["statistic"] == "synonymous_codon_reuse"
    assert found["observed"] == pytest.approx(reused / pairs, rel=1e-14)
    assert found["mean"] == pytest.approx(mean, abs=4 * found["sd"] / 20_000**0.5)
    assert found["sd"] == pytest.approx(np.std(simulated), rel=0.08)


def test_p_values_are_uniform_where_order_is_random(tmp_path: Path) -> None:
    """On genes without order p is at most alpha in a share of at most alpha of them.

    200 genes of 100 to 400 codons with biased usage; the binomial upper limit at 1 in 1,000.
    """
    random = np.random.default_rng(12)
    p_values = []
    for number in range(200):
        gene = write(tmp_path / "g.fa", random_gene(random, int(random.integers(100, 400))))
        p_values.append(swarm_core.synonymous_shuffle_null(*gene, 499, number)["p_value"])
    for alpha in [0.01, 0.05, 0.1, 0.25, 0.5]:
        fired = sum(p <= alpha for p in p_values)
        assert fired <= stats.binom.ppf(0.999, len(p_values), alpha), alpha
    assert min(p_values) >= 1 / 500
    assert 0.4 < np.mean(p_values) < 0.6


@pytest.mark.parametrize(("reuse", "power"), [(0.3, 0.2), (0.6, 0.9)])
def test_planted_reuse_is_found(reuse: float, power: float, tmp_path: Path) -> None:
    """Where an amino acid repeats its last codon with some probability, p finds it: how often."""
    random = np.random.default_rng(13)
    found = 0
    for number in range(40):
        last: dict[str, str] = {}
        codons = []
        for letter in random.choice(sorted(SYNONYMS), size=300):
            codon = str(random.choice(SYNONYMS[letter]))
            if letter in last and random.random() < reuse:
                codon = last[letter]
            last[letter] = codon
            codons.append(codon)
        gene = write(tmp_path / "g.fa", "".join(codons))
        found += swarm_core.synonymous_shuffle_null(*gene, 499, number)["p_value"] <= 0.05
    assert found >= power * 40


def test_same_seed_same_bytes(genome_path: Path, regions: list[tuple[int, int, str]]) -> None:
    """Ten processes give the same digits for a seed, and another seed gives others."""
    call = (
        "import swarm_core; print([swarm_core.synonymous_shuffle_null("
        f"{str(genome_path)!r}, *region, 200, 42) for region in {regions!r}])"
    )
    runs = {subprocess.check_output([sys.executable, "-c", call]) for _ in range(10)}
    assert len(runs) == 1
    start, end, strand = regions[0]
    one, other = (
        swarm_core.synonymous_shuffle_null(genome_path, start, end, strand, 200, seed)
        for seed in (1, 2)
    )
    assert one["observed"] == other["observed"]
    assert one["mean"] != other["mean"]


def test_known_digits(genome_path: Path, regions: list[tuple[int, int, str]]) -> None:
    """The generator's stream does not change between builds: crp at seed 42, to the last digit."""
    start, end, strand = regions[0]
    found = swarm_core.synonymous_shuffle_null(genome_path, start, end, strand, 10_000, 42)
    assert found == {
        "observed": 0.4262295081967213,
        "mean": 0.45679617486338797,
        "sd": 0.028661278410840478,
        "p_value": 0.8761123887611239,
        "shuffles": 10_000,
        "statistic": "synonymous_codon_reuse",
    }


def test_refusals_say_why(tmp_path: Path) -> None:
    """Nothing to shuffle, no shuffles and bad coordinates are ValueErrors with their reason."""
    gene = write(tmp_path / "g.fa", "ATGTGGTAA")
    with pytest.raises(ValueError, match="the order of codons says nothing"):
        swarm_core.synonymous_shuffle_null(*gene, 10, 1)
    with pytest.raises(ValueError, match="shuffles must be at least 1"):
        swarm_core.synonymous_shuffle_null(*gene, 0, 1)
    with pytest.raises(ValueError, match=r"region 1\.\.12 \(\+\): ends after record 'gene' of 9"):
        swarm_core.synonymous_shuffle_null(gene[0], 1, 12, "+", 10, 1)
