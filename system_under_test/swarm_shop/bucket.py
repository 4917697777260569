"""The cost bucket: a client may spend what is in it, and it fills steadily."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any


class Bucket:
    """One leaky bucket of cost points.

    Args:
        points_max: its capacity and its content at the start.
        restore_per_s: what is added to it each second.
        clock_s: monotonic seconds; tests pass their own.
    """

    def __init__(
        self,
        points_max: float,
        restore_per_s: float,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.points_max = points_max
        self.restore_per_s = restore_per_s
        self._clock_s = clock_s
        self._points = points_max
        self._at_s = clock_s()
        self._lock = threading.Lock()

    def take(self, points: float) -> bool:
        """Take points if they are there."""
        with self._lock:
            self._restore()
            if points > self._points:
                return False
            self._points -= points
            return True

    def give_back(self, points: float) -> None:
        """Return what an operation did not use after all."""
        with self._lock:
            self._points = min(self.points_max, self._points + points)

    def status(self) -> dict[str, Any]:
        """Return the throttle status as the api shows it."""
        with self._lock:
            self._restore()
            return {
                "maximumAvailable": self.points_max,
                "currentlyAvailable": int(self._points),
                "restoreRate": self.restore_per_s,
            }

    def _restore(self) -> None:
        now_s = self._clock_s()
        gained = (now_s - self._at_s) * self.restore_per_s
        self._points = min(self.points_max, self._points + gained)
        self._at_s = now_s
