"""The crypto engine beside NumPy and SciPy, its calibration and its power."""

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import swarm_core
from interruption import stopped_by_a_signal
from null_genes import one_synonym, random_gene, write_genes
from scipy import stats

MEASURES = list(swarm_core.WindowScores.__annotations__)


def measures(window: str, background: Counter[str]) -> dict[str, float]:
    """Each measure by its formula, in NumPy."""
    codons = [window[i : i + 3] for i in range(0, len(window), 3)]
    counts = Counter(codons)
    n = len(codons)
    p = np.array(list(counts.values())) / n
    q = (np.array([background[codon] for codon in counts]) + 0.5) / (background.total() + 32)
    bases = np.frombuffer(window.encode(), dtype=np.uint8)
    chance = (np.unique(bases, return_counts=True)[1] ** 2).sum() / len(bases) ** 2
    lag_3, lag_9 = (
        ((bases[lag:] == bases[:-lag]).mean() - chance) / (1 - chance) for lag in (3, 9)
    )
    return {
        "log_odds_bits": float((p * np.log2(p / q)).sum()),
        "index_of_coincidence": sum(c * (c - 1) for c in counts.values()) / (n * (n - 1)),
        "autocorrelation_lag_3": lag_3,
        "autocorrelation_lag_9": lag_9,
        "entropy_bits": stats.entropy(p, base=2),
    }


def test_measures_are_their_formulas(tmp_path: Path) -> None:
    """Each measure of each window of two genes is NumPy's, and windows cover the genes."""
    random = np.random.default_rng(1)
    genes = [random_gene(random, 337), random_gene(random, 60)]
    path, regions = write_genes(tmp_path / "genes.fa", genes)
    background = Counter(gene[i : i + 3] for gene in genes for i in range(0, len(gene), 3))
    windows = swarm_core.scan_windows(path, regions, shuffles=3)
    places = [(w["gene"], w["start"], w["end"]) for w in windows]
    starts = [1, 151, 301, 451, 601, 337 * 3 - 299]
    assert places == [*((0, start, start + 299) for start in starts), (1, 1, 180)]
    for window in windows:
        bases = genes[window["gene"]][window["start"] - 1 : window["end"]]
        found = {name: window[name] for name in MEASURES}  # type: ignore[literal-required]
        assert found == pytest.approx(measures(bases, background), rel=1e-9, abs=1e-12)


def test_p_values_are_uniform_where_order_is_random(tmp_path: Path) -> None:
    """On genes without order p is at most alpha in a share of at most alpha of the windows.

    300 genes, one window each in the middle of its gene's codons: independent tests. The binomial
    upper limit at 1 in 1,000.
    """
    random = np.random.default_rng(2)
    genes = [random_gene(random, 150) for _ in range(300)]
    windows = swarm_core.scan_windows(*write_genes(tmp_path / "genes.fa", genes), shuffles=199)
    p_values = [window["p_value"] for window in windows if window["start"] == 1]
    assert len(p_values) == 300
    for alpha in [0.01, 0.05, 0.1, 0.25, 0.5]:
        fired = sum(p <= alpha for p in p_values)
        assert fired <= stats.binom.ppf(0.999, 300, alpha), alpha
    assert 0.44 < np.mean(p_values) < 0.56


def test_a_planted_stretch_is_found_and_the_rest_is_not(tmp_path: Path) -> None:
    """100 codons of one synonym each in 20 genes: found there, and nowhere else beyond 5 %."""
    random = np.random.default_rng(3)
    genes = []
    for _ in range(20):
        gene = random_gene(random, 500)
        genes.append(gene[:600] + one_synonym(gene[600:900]) + gene[900:])
    windows = swarm_core.scan_windows(*write_genes(tmp_path / "genes.fa", genes), shuffles=999)
    found = [window for window in windows if window["q_value"] <= 0.05]
    inside = [w for w in found if w["start"] < 900 and w["end"] > 600]
    assert len({w["gene"] for w in inside}) >= 18
    assert len(found) - len(inside) <= 0.2 * len(found)


def test_q_values_are_those_of_scipy(tmp_path: Path) -> None:
    """q-values are scipy.stats.false_discovery_control of the p-values of the call."""
    random = np.random.default_rng(4)
    p_values = [*random.uniform(size=50), 0.0, 1.0, 0.25, 0.25, 1e-5]
    expected = stats.false_discovery_control(p_values)
    assert swarm_core.benjamini_hochberg(p_values) == pytest.approx(list(expected), rel=1e-12)
    genes = [random_gene(random, 400)]
    windows = swarm_core.scan_windows(*write_genes(tmp_path / "genes.fa", genes), shuffles=99)
    expected = stats.false_discovery_control([window["p_value"] for window in windows])
    assert [window["q_value"] for window in windows] == pytest.approx(list(expected))
    assert swarm_core.benjamini_hochberg([]) == []
    with pytest.raises(ValueError, match=r"1\.5 is not a probability"):
        swarm_core.benjamini_hochberg([0.1, 1.5])


def test_threads_change_nothing(genome_path: Path, regions: list[tuple[int, int, str]]) -> None:
    """Ten runs on one to five threads are the same to the last digit; another seed is not."""
    runs = {
        repr(swarm_core.scan_windows(genome_path, regions, shuffles=99, seed=5, threads=threads))
        for threads in [1, 2, 3, 4, 5] * 2
    }
    assert len(runs) == 1
    assert repr(swarm_core.scan_windows(genome_path, regions, shuffles=99, seed=6)) not in runs


def test_the_five_genes_hold_no_surprise(
    genome_path: Path, regions: list[tuple[int, int, str]]
) -> None:
    """On the five real genes no window is significant at 5 %, which is what the docs say."""
    windows = swarm_core.scan_windows(genome_path, regions, shuffles=999, seed=1)
    assert len(windows) == 14
    assert min(window["q_value"] for window in windows) > 0.05


def test_progress_and_cancellation(genome_path: Path, regions: list[tuple[int, int, str]]) -> None:
    """Progress rises to the total, and what the callback raises ends the call."""
    seen: list[tuple[int, int]] = []

    def note(done: int, total: int) -> None:
        seen.append((done, total))

    swarm_core.scan_windows(genome_path, regions, shuffles=999, threads=2, progress=note)
    assert seen == sorted(seen)
    assert seen[-1] == (14, 14)

    def cancel(done: int, total: int) -> None:
        raise TimeoutError(f"{done} of {total}")

    with pytest.raises(TimeoutError, match="0 of 14"):
        swarm_core.scan_windows(genome_path, regions, shuffles=10**6, progress=cancel)


def test_a_signal_stops_it(genome_path: Path, regions: list[tuple[int, int, str]]) -> None:
    """What a signal handler raises ends a scan on several threads within a second."""
    with stopped_by_a_signal(threads=2):
        swarm_core.scan_windows(genome_path, regions * 50, shuffles=10**6, threads=2)


def test_refusals_say_why(genome_path: Path, regions: list[tuple[int, int, str]]) -> None:
    """Windows out of frame and shuffles out of range are ValueErrors with their reason."""
    with pytest.raises(ValueError, match="windows of 301 bp, 150 bp apart: both must be positive"):
        swarm_core.scan_windows(genome_path, regions, window_bp=301)
    with pytest.raises(ValueError, match="shuffles must be 1 to 1000000"):
        swarm_core.scan_windows(genome_path, regions, shuffles=0)
    with pytest.raises(ValueError, match="'AXG' is not a codon"):
        swarm_core.scan_windows(genome_path, regions, background_counts={"AXG": 1})


def test_a_background_of_ones_own(tmp_path: Path) -> None:
    """Log-odds are taken against the background given."""
    path, regions = write_genes(tmp_path / "genes.fa", ["AAA" * 50 + "AAG" * 50])
    [window] = swarm_core.scan_windows(
        path, regions, background_counts={"AAA": 10**9, "AAG": 10**9}, shuffles=9
    )
    assert window["log_odds_bits"] == pytest.approx(0.0, abs=1e-6)
    assert math.isclose(window["entropy_bits"], 1.0)
