"""Codon statistics beside NumPy, SciPy and Biopython."""

import math
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import swarm_core
from Bio.Data import CodonTable
from Bio.Seq import Seq
from Bio.SeqUtils import GC123
from scipy import stats

TABLE = CodonTable.unambiguous_dna_by_id[1]
CODONS = sorted([*TABLE.forward_table, *TABLE.stop_codons])
FAMILIES = {
    letter: [codon for codon, other in sorted(TABLE.forward_table.items()) if other == letter]
    for letter in sorted(set(TABLE.forward_table.values()))
}


def random_counts(seed: int, mean: float) -> dict[str, int]:
    """Poisson counts of all codons, zeros among them."""
    counts = np.random.default_rng(seed).poisson(mean, size=len(CODONS))
    return dict(zip(CODONS, map(int, counts), strict=True))


@pytest.mark.parametrize("mean", [0.3, 5.0, 1000.0])
@pytest.mark.parametrize("seed", range(5))
def test_rscu_is_its_formula(seed: int, mean: float) -> None:
    """RSCU is the count over the mean of the family, with the families of Biopython's table."""
    counts = random_counts(seed, mean)
    expected: dict[str, float] = {}
    for family in FAMILIES.values():
        observed = np.array([counts[codon] for codon in family])
        if observed.sum():
            expected.update(zip(family, observed / observed.mean(), strict=True))
    found = swarm_core.rscu(counts)
    assert list(found) == sorted(expected)
    assert found == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("mean", [5.0, 1000.0])
@pytest.mark.parametrize("seed", range(5))
def test_chi_square_of_given_frequencies_is_that_of_scipy(seed: int, mean: float) -> None:
    """Statistic and p against given frequencies are scipy.stats.chisquare's; df is cells - 1."""
    counts = random_counts(seed, mean)
    weights = np.random.default_rng(seed + 100).uniform(0.8, 1.2, size=len(CODONS))
    observed = np.array(list(counts.values()))
    expected = weights / weights.sum() * observed.sum()
    theirs = stats.chisquare(observed, expected)
    ours = swarm_core.chi_square(counts, dict(zip(CODONS, map(float, weights), strict=True)))
    assert ours["degrees_of_freedom"] == 63
    assert ours["statistic"] == pytest.approx(theirs.statistic, rel=1e-12)
    assert ours["p_value"] == pytest.approx(theirs.pvalue, rel=1e-9)
    assert ours["cells_expected_below_5"] == int((expected < 5).sum())


@pytest.mark.parametrize("mean", [0.5, 5.0, 1000.0])
@pytest.mark.parametrize("seed", range(5))
def test_chi_square_of_equal_synonyms_is_a_sum_of_families(seed: int, mean: float) -> None:
    """Without an expectation it is the sum of SciPy's tests of each family, df added up."""
    counts = random_counts(seed, mean)
    statistic, freedom = 0.0, 0
    for family in FAMILIES.values():
        observed = np.array([counts[codon] for codon in family])
        if len(family) > 1 and observed.sum():
            statistic += stats.chisquare(observed).statistic
            freedom += len(family) - 1
    ours = swarm_core.chi_square(counts)
    assert ours["degrees_of_freedom"] == freedom
    assert ours["statistic"] == pytest.approx(statistic, rel=1e-12)
    assert ours["p_value"] == pytest.approx(stats.chi2.sf(statistic, freedom), rel=1e-9)


def test_chi_square_far_in_the_tail() -> None:
    """The p-value is SciPy's to 1e-300, 0.0 below the smallest double, and never negative."""
    for excess in [100, 1000, 3000, 10_000]:
        counts = {"AAA": 10_000 + excess, "AAG": 10_000 - excess}
        ours = swarm_core.chi_square(counts)
        expected = stats.chi2.sf(ours["statistic"], 1)
        assert ours["p_value"] == pytest.approx(expected, rel=1e-8, abs=1e-300)
        assert ours["p_value"] >= 0.0


@pytest.mark.parametrize("pseudocount", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_kl_divergence_is_that_of_scipy(seed: int, pseudocount: float) -> None:
    """D(P || Q) in bits is scipy.stats.entropy's, infinite where it is."""
    p, q = random_counts(seed, 4.0), random_counts(seed + 50, 4.0)
    expected = stats.entropy(
        np.array(list(p.values())) + pseudocount, np.array(list(q.values())) + pseudocount, base=2
    )
    assert swarm_core.kl_divergence(p, q, pseudocount) == pytest.approx(expected, rel=1e-12)
    assert swarm_core.kl_divergence(p, p, pseudocount) == 0.0


def test_pair_information_is_a_difference_of_entropies(tmp_path: Path) -> None:
    """I = H(X) + H(Y) - H(XY) over neighbours within genes, as SciPy computes it."""
    random = np.random.default_rng(3)
    bases = "".join(random.choice(list("ACGT"), size=3000, p=[0.4, 0.3, 0.2, 0.1]))
    path = tmp_path / "genes.fa"
    path.write_text(f">chromosome\n{bases}\n", encoding="utf-8")
    regions = [(1, 900, "+"), (901, 2100, "-"), (1501, 3000, "+")]
    pairs: Counter[tuple[str, str]] = Counter()
    for start, end, strand in regions:
        forward = Seq(bases[start - 1 : end])
        gene = str(forward.reverse_complement() if strand == "-" else forward)
        codons = [gene[i : i + 3] for i in range(0, len(gene), 3)]
        pairs.update(pairwise(codons))
    rows, columns = Counter[str](), Counter[str]()
    for (first, second), n in pairs.items():
        rows[first] += n
        columns[second] += n
    h_rows, h_columns, h_pairs = (
        stats.entropy(list(table.values()), base=2) for table in (rows, columns, pairs)
    )
    found = swarm_core.codon_pair_information(path, regions)
    assert found["pairs"] == pairs.total() == 300 + 400 + 500 - 3
    expected = h_rows + h_columns - h_pairs
    assert found["mutual_information_bits"] == pytest.approx(expected, rel=1e-10)
    freedom = len(pairs) - len(rows) - len(columns) + 1
    assert found["bias_bits"] == pytest.approx(freedom / (2 * pairs.total() * math.log(2)))


@pytest.mark.parametrize("seed", range(5))
def test_gc3_is_that_of_biopython(seed: int, tmp_path: Path) -> None:
    """GC3 of a gene is Biopython's GC123."""
    bases = "".join(np.random.default_rng(seed).choice(list("ACGTacgt"), size=999))
    path = tmp_path / "gene.fa"
    path.write_text(f">gene\n{bases}\n", encoding="utf-8")
    [gene] = swarm_core.gene_codon_counts(path, [(1, 999, "+")])
    assert gene["gc3"] == pytest.approx(GC123(bases)[3] / 100, rel=1e-12)


def test_nothing_known_is_none(tmp_path: Path) -> None:
    """Without unambiguous bases GC and GC3 are None, not 0."""
    path = tmp_path / "gene.fa"
    path.write_text(">gene\nNNNNNN\n", encoding="utf-8")
    [gene] = swarm_core.gene_codon_counts(path, [(1, 6, "-")])
    assert (gene["gc"], gene["gc3"], gene["ambiguous_codons"]) == (None, None, 2)
    assert swarm_core.genome_summary(path)["gc"] is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: swarm_core.rscu({"AXG": 1}), "'AXG' is not a codon of A, C, G and T"),
        (lambda: swarm_core.rscu({"ATGC": 1}), "'ATGC' is not a codon"),
        (lambda: swarm_core.rscu({"AAA": 2**64 - 1, "AAC": 1}), "too many codons"),
        (lambda: swarm_core.chi_square({}), "no codons are counted"),
        (lambda: swarm_core.chi_square({"ATG": 3}), "no degree of freedom"),
        (lambda: swarm_core.chi_square({"AAA": 1}, {"ATG": 1.0}), "AAA is counted"),
        (lambda: swarm_core.chi_square({"AAA": 1}, {"AAA": -1.0}), "expected frequency of AAA"),
        (lambda: swarm_core.kl_divergence({}, {"AAA": 1}), "no codons are counted"),
        (lambda: swarm_core.kl_divergence({"AAA": 1}, {"AAA": 1}, -0.5), "pseudocount must be"),
    ],
)
def test_refusals_say_why(call: Callable[[], object], message: str) -> None:
    """A statistic that is not defined is a ValueError with its reason."""
    with pytest.raises(ValueError, match=message):
        call()
