"""The stop signal: raised by the guard, the watchdog's death, a budget; obeyed by every wait."""

import threading


class StopSignal:
    """Raised once; the first reason stays."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self.reason = ""

    def __bool__(self) -> bool:
        return self._event.is_set()

    def throw(self, reason: str) -> bool:
        """Raise it; whether this call was the first."""
        with self._lock:
            if self._event.is_set():
                return False
            self.reason = reason
            self._event.set()
            return True

    def wait(self, timeout_s: float) -> bool:
        """Wait until it is raised or the time has passed; whether it is raised."""
        return self._event.wait(timeout_s)
