"""When to try again."""

from __future__ import annotations

import random


def retry_delay_s(failures: int, base_s: float, max_s: float, jitter: random.Random) -> float:
    """Return an exponential delay after ``failures`` earlier failures, half of it random.

    The random half spreads the retries of tasks that failed at the same moment.
    """
    # Without the limit the power would overflow after many failures.
    delay_s = min(max_s, base_s * 2.0 ** min(failures, 30))
    return delay_s * (0.5 + 0.5 * jitter.random())
