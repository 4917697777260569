"""When each request leaves: seeded Poisson arrivals over weighted operations. Pure."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gonogo.observation.records import SCHEDULE, Rows
from gonogo.target import Operation
from gonogo_load.plan import operation_names

# Two random streams of one seed: another rate does not change which operations are drawn.
_ARRIVALS, _OPERATIONS = 0, 1


def drawn_operations(
    operations: Sequence[Operation], *, seed: int, count: int
) -> npt.NDArray[np.intp]:
    """Index of the operation of each request, drawn by weight; the same for the same seed.

    The first requests of a longer draw are those of a shorter one.
    """
    weights = np.array([operation.weight for operation in operations])
    edges = np.cumsum(weights) / weights.sum()
    uniform = np.random.default_rng([seed, _OPERATIONS]).random(count)
    return np.minimum(np.searchsorted(edges, uniform, side="right"), len(operations) - 1)


def planned_schedule(
    operations: Sequence[Operation],
    *,
    seed: int,
    rate_per_s: float,
    count: int,
    start_ns: int = 0,
) -> Rows:
    """The schedule of a load.

    Args:
        operations: the mix; at least one.
        seed: of the load.
        rate_per_s: mean arrival rate.
        count: number of requests.
        start_ns: monotonic time of the start.

    Returns:
        ``count`` rows of dtype ``SCHEDULE`` in order of time, the first at or after ``start_ns``.
    """
    gaps_s = np.random.default_rng([seed, _ARRIVALS]).exponential(1.0 / rate_per_s, count)
    names = operation_names(operations)
    name_of = np.array([names.index(operation.name) for operation in operations])
    rows = np.zeros(count, dtype=SCHEDULE)
    rows["intended_ns"] = start_ns + np.rint(np.cumsum(gaps_s) * 1e9).astype(np.int64)
    rows["name_id"] = name_of[drawn_operations(operations, seed=seed, count=count)]
    rows["seq"] = np.arange(count)
    return rows
