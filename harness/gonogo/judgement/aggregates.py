"""Aggregates: how many values become the one number that is compared with a limit."""

import math

import numpy as np
import numpy.typing as npt

AGGREGATES = ("p50", "p90", "p95", "p99", "p99.9", "max", "mean")


def quantile(aggregate: str) -> float | None:
    """``p99.9`` as 0.999; None for ``max`` and ``mean``."""
    return float(aggregate[1:]) / 100.0 if aggregate.startswith("p") else None


def quantile_rank(n: int, q: float) -> int:
    """Rank, from 1, of the sample quantile by inverted CDF: the smallest r with r / n >= q."""
    # Rounding keeps products such as 0.07 * 100 = 7.000000000000001 from asking for one more.
    return max(1, math.ceil(round(q * n, 9)))


def aggregated(aggregate: str, values: npt.NDArray[np.float64]) -> float:
    """The mean, the largest or a sample quantile (inverted CDF) of at least one value."""
    if aggregate == "mean":
        return float(np.mean(values))
    q = quantile(aggregate)
    rank = len(values) if q is None else quantile_rank(len(values), q)
    return float(np.sort(values)[rank - 1])
