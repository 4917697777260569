"""Intervals: what a sample says about the system, with 95 % one-sided confidence at each end.

No distribution of latencies is assumed: order statistics for quantiles, Clopper-Pearson for
shares. A limit is compared with one end of an interval at a time, so that the chance to say
PASS of a system that misses its objective, or FAIL of one that meets it, is at most 5 % each
for one objective. Nothing corrects for the number of objectives of a run.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from gonogo.judgement.aggregates import quantile_rank

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Ranks:
    """Order statistics that enclose a quantile, counted from 1; None where none does.

    Attributes:
        point: rank of the sample quantile (inverted CDF).
        lower: rank of the lower end.
        upper: rank of the upper end.
    """

    point: int
    lower: int | None
    upper: int | None


def quantile_ranks(n: int, q: float) -> Ranks:
    """Ranks of the ``q`` quantile of ``n`` independent values and of its interval's ends.

    The number B of values below the quantile is binomial(n, q). The value of rank r is an
    upper end when P(B < r) >= 95 %, one of rank l a lower end when P(B >= l) >= 95 %.
    Source: Conover, Practical Nonparametric Statistics, 3rd edition, section 3.2.
    """
    lower = _binomial_quantile(1.0 - CONFIDENCE, n, q)
    upper = _binomial_quantile(CONFIDENCE, n, q) + 1
    return Ranks(quantile_rank(n, q), lower if lower >= 1 else None, upper if upper <= n else None)


def _binomial_quantile(p: float, n: int, q: float) -> int:
    """The smallest k with P(B <= k) >= p, where B is binomial(n, q)."""
    # The functions alone: scipy.stats, which holds this too, takes most of a second to import.
    k = math.ceil(special.bdtrik(p, n, q))
    return k - 1 if k >= 1 and special.bdtr(k - 1, n, q) >= p else k


def share_bounds(count: int, n: int) -> tuple[float, float]:
    """Clopper-Pearson bounds of a share, each one-sided 95 %, as fractions.

    Source: Clopper and Pearson, Biometrika 26 (1934) 404-413, by quantiles of the beta
    distribution.
    """
    tail = 1.0 - CONFIDENCE
    lower = 0.0 if count == 0 else float(special.betaincinv(count, n - count + 1, tail))
    upper = 1.0 if count == n else float(special.betaincinv(count + 1, n - count, CONFIDENCE))
    return lower, upper


def mean_bounds(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Student's t bounds of a mean, each one-sided 95 %; approximate for skewed values."""
    n = len(values)
    mean, error = float(np.mean(values)), float(np.std(values, ddof=1)) / math.sqrt(n)
    reach = float(special.stdtrit(n - 1, CONFIDENCE)) * error
    return mean - reach, mean + reach


def values_for_quantile(q: float) -> int:
    """Smallest n for which a quantile has an upper end: q**n <= 5 %. 59 for p95, 299 for p99."""
    n = math.ceil(math.log(1.0 - CONFIDENCE) / math.log(q))
    while quantile_ranks(n, q).upper is None:
        n += 1
    return n


def values_for_share(limit: float) -> int:
    """Smallest n that without one error shows a share below ``limit`` (a fraction).

    (1 - limit)**n <= 5 %: 299 for 1 %, 598 for 0.5 %.
    """
    return math.ceil(math.log(1.0 - CONFIDENCE) / math.log1p(-limit))
