"""The trait extractor: its formula, its calibration on shuffled genes, its power, its limits."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import swarm_core
from null_genes import TABLE, one_synonym, random_gene, shuffled, write_genes
from scipy import stats

Profile = dict[str, float]


def random_profile(random: np.random.Generator) -> Profile:
    """Frequencies of the 61 sense codons."""
    codons = sorted(TABLE)
    return dict(zip(codons, map(float, random.dirichlet(np.ones(61))), strict=True))


def log_odds(genes: list[str], profile: Profile) -> dict[str, float]:
    """Bits towards the profile by definition, against the codons of all genes."""
    families = defaultdict(list)
    for codon, letter in TABLE.items():
        families[letter].append(codon)
    counts: dict[str, float] = defaultdict(lambda: 0.5)
    for gene in genes:
        for i in range(0, len(gene), 3):
            counts[gene[i : i + 3]] += 1
    bits: dict[str, float] = {}
    for family in families.values():
        q = np.array([counts[codon] for codon in family])
        p = np.array([profile[codon] for codon in family])
        q, p = q / q.sum(), p / p.sum()
        bits.update(zip(family, np.log2((0.99 * p + 0.01 * q) / q), strict=True))
    return bits


def test_score_is_its_formula(tmp_path: Path) -> None:
    """One trait: the score is max (L - E) / sd, with mean and variance without replacement."""
    random = np.random.default_rng(1)
    genes = [random_gene(random, 180), random_gene(random, 75)]
    profile = random_profile(random)
    bits = log_odds(genes, profile)
    path, regions = write_genes(tmp_path / "genes.fa", genes)
    rows = swarm_core.scan_traits(path, regions, {"t": profile}, shuffles=9)
    for gene, row in zip(genes, rows, strict=True):
        codons = [gene[i : i + 3] for i in range(0, len(gene), 3)]
        values = np.array([bits[codon] for codon in codons])
        letters = np.array([TABLE[codon] for codon in codons])
        starts = sorted({*range(0, len(codons) - 49, 25), len(codons) - 50})
        scores = []
        for start in starts:
            window = slice(start, start + 50)
            mean = variance = 0.0
            for letter in sorted(set(letters)):
                family = values[letters == letter]
                n, k = len(family), (letters[window] == letter).sum()
                mean += k * family.mean()
                if n > 1:
                    variance += k * family.var() * (n - k) / (n - 1)
            scores.append((values[window].sum() - mean) / variance**0.5)
        [found] = row["traits"]
        best = int(np.argmax(scores))
        assert found["score"] == pytest.approx(scores[best], rel=1e-9)
        assert found["start"] == starts[best] * 3 + 1
        assert found["log_odds_bits"] == pytest.approx(values.mean(), rel=1e-9)
        assert row["pleiotropic"] is False


def test_false_discoveries_on_shuffled_genes(tmp_path: Path) -> None:
    """Where nothing is planted some trait passes in at most the share of sets asked for.

    60 sets of 8 genes and 3 traits at a rate of 0.2, and at 0.05; the genes are full of signals
    before their codons are shuffled. The binomial upper limit at 1 in 1,000.
    """
    random = np.random.default_rng(2)
    least = []
    for number in range(60):
        genes = []
        for _ in range(8):
            gene = random_gene(random, int(random.integers(100, 400)))
            genes.append(shuffled(random, one_synonym(gene[: len(gene) // 6 * 3]) + gene[:300]))
        profiles = {f"t{i}": random_profile(random) for i in range(3)}
        path, regions = write_genes(tmp_path / "genes.fa", genes)
        rows = swarm_core.scan_traits(path, regions, profiles, shuffles=999, seed=number)
        q_values = [found["q_value"] for row in rows for found in row["traits"]]
        least.append(min(q for q in q_values if q is not None))
    for fdr in [0.05, 0.2]:
        fired = sum(q <= fdr for q in least)
        assert fired <= stats.binom.ppf(0.999, 60, fdr), fdr


def test_p_values_are_valid_where_order_is_random(tmp_path: Path) -> None:
    """Among 400 genes p is at most alpha in a share of at most alpha, stopped early or not."""
    random = np.random.default_rng(3)
    genes = [random_gene(random, 150) for _ in range(400)]
    path, regions = write_genes(tmp_path / "genes.fa", genes)
    rows = swarm_core.scan_traits(path, regions, {"t": random_profile(random)}, shuffles=499)
    p_values = [p for row in rows if (p := row["traits"][0]["p_value"]) is not None]
    assert len(p_values) == 400
    for alpha in [0.01, 0.05, 0.1, 0.25, 0.5]:
        fired = sum(p <= alpha for p in p_values)
        assert fired <= stats.binom.ppf(0.999, 400, alpha), alpha
    assert 0.45 < np.mean(p_values) < 0.58


@pytest.mark.parametrize(
    ("strength", "least", "most"), [(0.0, 0.0, 0.0), (0.4, 0.0, 0.3), (0.8, 0.7, 1.0)]
)
def test_planted_traits_are_found(
    strength: float, least: float, most: float, tmp_path: Path
) -> None:
    """The share found grows with the strength, and few calls are of what is not planted."""
    genome = swarm_core.generate_genome(7, strength=strength)
    path = tmp_path / "genome.fa"
    path.write_text(genome["fasta"], encoding="ascii")
    regions = [(gene["start"], gene["end"], gene["strand"]) for gene in genome["genes"]]
    rows = swarm_core.scan_traits(path, regions, genome["profiles"], threads=2)
    planted, called = set(), set()
    for gene, row in zip(genome["genes"], rows, strict=True):
        names = {found["trait"] for found in row["traits"] if found["passes"]}
        assert row["pleiotropic"] == (len(names) > 1)
        called |= {(gene["id"], name) for name in names}
        planted |= {(gene["id"], stretch["trait"]) for stretch in gene["planted"]}
    assert least <= len(called & planted) / len(planted) <= most
    assert len(called - planted) <= 0.15 * len(called)


def test_a_gene_is_its_own_control(tmp_path: Path) -> None:
    """A preference spread evenly over whole genes is described, and is no signal in 100 of them."""
    random = np.random.default_rng(5)
    profile = random_profile(random)
    codons = sorted(TABLE)
    weights = [profile[codon] for codon in codons]
    even = ["".join(random.choice(codons, size=300, p=weights)) for _ in range(100)]
    path, regions = write_genes(tmp_path / "genes.fa", even)
    rows = swarm_core.scan_traits(
        path, regions, {"t": profile}, background_counts=dict.fromkeys(codons, 1000), shuffles=199
    )
    found = [row["traits"][0] for row in rows]
    assert min(one["log_odds_bits"] for one in found) > 0.05
    fired = sum(one["p_value"] is not None and one["p_value"] <= 0.05 for one in found)
    assert fired <= stats.binom.ppf(0.999, 100, 0.05)


def test_what_cannot_be_tested_is_none(tmp_path: Path) -> None:
    """A gene of one window has no score and passes nothing, whatever the rate."""
    path, regions = write_genes(tmp_path / "genes.fa", ["AAAAAG" * 20])
    [row] = swarm_core.scan_traits(path, regions, {"t": {"AAA": 1.0}}, fdr=0.999)
    [found] = row["traits"]
    assert [found["score"], found["p_value"], found["confidence"]] == [None, None, None]
    assert (found["shuffles"], found["passes"]) == (0, False)


def test_invented_profiles_find_nothing_in_the_real_genes(
    genome_path: Path, regions: list[tuple[int, int, str]]
) -> None:
    """20 profiles made of nothing, in the five real genes: nothing passes, all can be tested."""
    profiles = swarm_core.generate_genome(1, genes=1, traits=20)["profiles"]
    rows = swarm_core.scan_traits(genome_path, regions, profiles, threads=2)
    found = [found for row in rows for found in row["traits"]]
    assert len(found) == 100
    assert all(one["p_value"] is not None and not one["passes"] for one in found)


def test_no_trait_of_the_real_genes_has_an_independent_reference(
    genes: list[dict[str, Any]],
) -> None:
    """Each trait named in the data belongs to one gene, so no profile can be made from others."""
    traits = [trait for gene in genes for trait in gene["traits"]]
    assert len(traits) == len(set(traits)) == 20


def test_threads_change_nothing(genome_path: Path, regions: list[tuple[int, int, str]]) -> None:
    """Ten runs on one to five threads give the same JSON to the byte; another seed does not."""
    random = np.random.default_rng(6)
    profiles = {name: random_profile(random) for name in "ab"}

    def run(seed: int, threads: int) -> str:
        rows = swarm_core.scan_traits(
            genome_path, regions, profiles, shuffles=500, seed=seed, threads=threads
        )
        return json.dumps(rows, allow_nan=False)

    runs = {run(1, threads) for threads in [1, 2, 3, 4, 5] * 2}
    assert len(runs) == 1
    assert run(2, 1) not in runs


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"fdr": 0.0}, "false-discovery rate 0 must be above 0 and below 1"),
        ({"fdr": float("nan")}, "false-discovery rate NaN"),
        ({"shuffles": 0}, "shuffles must be 1 to 1000000"),
        ({"step_bp": 300}, "windows of 150 bp, 300 bp apart"),
        ({"profiles": {"t": {"AXG": 1.0}}}, "'AXG' is not a codon"),
        ({"profiles": {"t": {"AAA": -1.0}}}, "frequency of AAA in profile 't' must be finite"),
        ({"profiles": {"t": {"ATG": 1.0}}}, "profile 't' has no amino acid with several codons"),
    ],
)
def test_refusals_say_why(
    arguments: dict[str, Any],
    message: str,
    genome_path: Path,
    regions: list[tuple[int, int, str]],
) -> None:
    """An argument out of range is a ValueError that names it."""
    call = {"profiles": {"t": {"AAA": 1.0}}, **arguments}
    with pytest.raises(ValueError, match=message):
        swarm_core.scan_traits(genome_path, regions, **call)
