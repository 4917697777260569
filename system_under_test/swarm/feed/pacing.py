"""How long to wait before the next request, from what the shop reports about its cost bucket."""

from __future__ import annotations

import time
from typing import Any

# The delay when Retry-After is missing or is a date, which is not supported.
RETRY_AFTER_DEFAULT_S = 1.0
RETRY_AFTER_MAX_S = 60.0
THROTTLED_MIN_S, THROTTLED_MAX_S = 0.02, 60.0


class Pacing:
    """Keeps the last reported state of the cost bucket, and the cost of each operation."""

    def __init__(self) -> None:
        self._available = float("inf")
        self._restore_per_s = 0.0
        self._heard_s = time.monotonic()
        self._costs: dict[str, float] = {}
        self._refused_cost = 0.0

    def learn(self, query: str, document: dict[str, Any]) -> None:
        """Record an answer's cost and throttle status."""
        cost = (document.get("extensions") or {}).get("cost") or {}
        status = cost.get("throttleStatus") or {}
        if "currentlyAvailable" not in status:
            return
        self._available = float(status["currentlyAvailable"])
        self._restore_per_s = float(status.get("restoreRate") or 0)
        self._heard_s = time.monotonic()
        self._refused_cost = float(cost.get("requestedQueryCost") or 0)
        # The bucket must hold the requested cost, also when the actual cost is lower.
        self._costs[query] = self._refused_cost

    def delay_s(self, query: str) -> float:
        """Return how long until the bucket holds what this operation cost last time."""
        return self._until(self._costs.get(query, 0.0))

    def throttled_s(self) -> float:
        """Return how long to wait after THROTTLED."""
        return min(THROTTLED_MAX_S, max(THROTTLED_MIN_S, self._until(self._refused_cost)))

    def _until(self, cost: float) -> float:
        if self._restore_per_s <= 0:
            return 0.0
        restored = (time.monotonic() - self._heard_s) * self._restore_per_s
        missing = cost - self._available - restored
        return max(0.0, missing / self._restore_per_s)


def retry_after_s(header: str | None) -> float:
    """Return the seconds of a Retry-After header, bounded."""
    try:
        asked_s = float(header or "")
    except ValueError:
        return RETRY_AFTER_DEFAULT_S
    if not 0 <= asked_s < float("inf"):
        return RETRY_AFTER_DEFAULT_S
    return min(asked_s, RETRY_AFTER_MAX_S)
