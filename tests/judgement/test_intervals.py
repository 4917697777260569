"""Each end of an interval has 95 % confidence."""

import numpy as np
import pytest
from scipy import stats

from gonogo.judgement.aggregates import quantile_rank
from gonogo.judgement.intervals import (
    mean_bounds,
    quantile_ranks,
    share_bounds,
    values_for_quantile,
    values_for_share,
)


def test_299_requests_show_less_than_one_percent() -> None:
    """Without an error 299 requests put the upper bound below 1 %, 298 do not."""
    assert share_bounds(0, 299)[1] < 0.01 <= share_bounds(0, 298)[1]
    assert values_for_share(0.01) == 299


def test_598_requests_show_availability_above_995() -> None:
    """Without an error 598 requests put the upper bound below 0.5 %, 597 do not."""
    assert share_bounds(0, 598)[1] < 0.005 <= share_bounds(0, 597)[1]
    assert values_for_share(0.005) == 598


@pytest.mark.parametrize(("q", "n"), [(0.5, 5), (0.9, 29), (0.95, 59), (0.99, 299), (0.999, 2995)])
def test_the_upper_end_exists_from_n_on(q: float, n: int) -> None:
    """The smallest n with an upper end is the one for which q**n <= 5 %."""
    assert values_for_quantile(q) == n
    assert quantile_ranks(n, q).upper == n
    assert quantile_ranks(n - 1, q).upper is None


def test_inverted_cdf_is_exact() -> None:
    """The point rank is the smallest r with r / n >= q, floating point notwithstanding."""
    assert [quantile_rank(100, q) for q in (0.5, 0.9, 0.95, 0.99, 0.999)] == [50, 90, 95, 99, 100]
    assert quantile_rank(1, 0.5) == 1
    assert quantile_rank(20, 0.95) == 19
    assert quantile_rank(100, 0.07) == 7


@pytest.mark.parametrize("q", [0.01, 0.5, 0.95, 0.99, 0.999])
@pytest.mark.parametrize("n", [1, 2, 19, 20, 59, 299, 1200, 200_000])
def test_ranks_are_those_of_scipy(n: int, q: float) -> None:
    """The ends' ranks are scipy.stats' binomial quantiles, exactly."""
    lower, upper = int(stats.binom.ppf(0.05, n, q)), int(stats.binom.ppf(0.95, n, q)) + 1
    ranks = quantile_ranks(n, q)
    assert (ranks.lower or 0, ranks.upper or n + 1) == (lower, min(upper, n + 1))


@pytest.mark.parametrize(("count", "n"), [(0, 1), (1, 1), (0, 598), (3, 1200), (599, 600)])
def test_share_bounds_are_those_of_scipy(count: int, n: int) -> None:
    """The bounds are scipy.stats' exact one-sided intervals of a share."""
    test = [
        stats.binomtest(count, n, alternative=side).proportion_ci(confidence_level=0.95)
        for side in ("greater", "less")
    ]
    assert share_bounds(count, n) == pytest.approx((test[0].low, test[1].high), rel=1e-9)


def test_mean_bounds_are_those_of_scipy() -> None:
    """The bounds of a mean are the two ends of scipy.stats' 90 % interval."""
    values = np.random.default_rng(5).exponential(size=40)
    expected = stats.ttest_1samp(values, 0.0).confidence_interval(confidence_level=0.9)
    assert mean_bounds(values) == pytest.approx((expected.low, expected.high), rel=1e-9)


@pytest.mark.parametrize("q", [0.5, 0.95, 0.99])
def test_quantile_intervals_cover(q: float) -> None:
    """Of 4,000 samples of 400 at most 5 % (and noise) have an end on the wrong side."""
    random = np.random.default_rng(1)
    values = np.sort(random.uniform(size=(4000, 400)), axis=1)
    ranks = quantile_ranks(400, q)
    assert ranks.lower is not None
    assert ranks.upper is not None
    assert np.mean(values[:, ranks.lower - 1] > q) <= 0.06
    assert np.mean(values[:, ranks.upper - 1] < q) <= 0.06


def test_share_intervals_cover() -> None:
    """Clopper-Pearson ends are on the wrong side in at most 5 % of samples, without noise."""
    random = np.random.default_rng(2)
    for share in (0.002, 0.01, 0.2):
        counts = random.binomial(1000, share, size=1000)
        bounds = np.array([share_bounds(int(count), 1000) for count in counts])
        assert np.mean(bounds[:, 0] > share) <= 0.065
        assert np.mean(bounds[:, 1] < share) <= 0.065


def test_share_bounds_at_the_edges() -> None:
    """No failure has a lower bound of 0, nothing but failures an upper bound of 1."""
    assert share_bounds(0, 10)[0] == 0.0
    assert share_bounds(10, 10)[1] == 1.0


def test_mean_bounds_enclose_the_mean() -> None:
    """Student's interval is symmetric and narrows with n."""
    random = np.random.default_rng(3)
    few, many = random.normal(5.0, 1.0, 30), random.normal(5.0, 1.0, 3000)
    assert mean_bounds(few)[0] < float(np.mean(few)) < mean_bounds(few)[1]
    assert np.ptp(mean_bounds(many)) < np.ptp(mean_bounds(few))
