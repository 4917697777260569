"""Fail fast while Redis is away, so that waiting requests do not pile up."""

from __future__ import annotations

import threading
import time


class Breaker:
    """Opens on a failure; then lets one caller through every ``retry_s`` until one succeeds."""

    def __init__(self, retry_s: float) -> None:
        self._retry_s = retry_s
        self._lock = threading.Lock()
        self._open_until_s: float | None = None

    def admits(self) -> bool:
        """Whether this caller may try; a caller admitted while open is the probe."""
        if self._open_until_s is None:
            return True
        with self._lock:
            now_s = time.monotonic()
            if self._open_until_s is None:
                return True
            if now_s < self._open_until_s:
                return False
            self._open_until_s = now_s + self._retry_s
            return True

    def succeeded(self) -> None:
        """Close: Redis answered."""
        if self._open_until_s is not None:
            with self._lock:
                self._open_until_s = None

    def failed(self) -> None:
        """Open: Redis did not answer."""
        with self._lock:
            self._open_until_s = time.monotonic() + self._retry_s
