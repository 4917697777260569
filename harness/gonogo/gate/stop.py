"""The stop signal: set by the guard, or when the watchdog dies; every wait of a run checks it."""

import threading


class StopSignal:
    """Set once; the first reason stays.

    Attributes:
        reason: why the run stops; empty until it is set.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self.reason = ""

    def __bool__(self) -> bool:
        return self._event.is_set()

    def set(self, reason: str) -> bool:
        """Set it; says whether this call was the first."""
        with self._lock:
            if self._event.is_set():
                return False
            self.reason = reason
            self._event.set()
            return True

    def wait(self, timeout_s: float) -> bool:
        """Wait until it is set or the time has passed; says whether it is set."""
        return self._event.wait(timeout_s)
