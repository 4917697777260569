"""bandwidth: what one service gets from another comes through a slow line.

Mechanism: toxic ``bandwidth`` of the fault proxy on what comes back: so many bytes a second over
each connection; the sender is slowed down, nothing is dropped.
Parameter: ``kb_per_s``, thousands of bytes a second.
Proof of bite: bytes of the system's own connections were held back. A system whose answers are
small enough for the line is not affected: not observed.
Undo: the toxic is removed; the bytes that it held are sent on at once.
Proof of absence: the toxic is gone, and a canary ends as one did before.
Backends: process, docker.
"""

from gonogo.vocabulary import Evidence, System
from gonogo_faults.catalogue._edge import ToxicFault, whole_number

# Pieces that take less than this on average are not held noticeably.
_NEEDED_MS_MIN = 1.0


class Bandwidth(ToxicFault):
    """Limit the bandwidth of what comes back over the selected edges.

    Args:
        kb_per_s: thousands of bytes a second.

    Raises:
        UsageError: it is less than 1, or no whole number.
    """

    name = "bandwidth"
    kind = "bandwidth"

    def __init__(self, kb_per_s: float) -> None:
        rate = whole_number("kb_per_s", kb_per_s, at_least=1, fault="bandwidth")
        super().__init__({"rate": rate}, {"kb_per_s": rate})

    def _observe(self, system: System, edge: str) -> Evidence:
        # No canary is sent meanwhile: all bytes that were held are the system's.
        counters = self.control.toxic_counters(edge, self._name)
        pieces = max(1, counters.get("chunks", 0))
        needed_ms = counters.get("bytes", 0) / pieces / self.parameters["kb_per_s"]
        held_ms = counters.get("held_us", 0) / pieces / 1e3
        what = f"pieces that need {needed_ms:.2f} ms of the line were held for {held_ms:.2f} ms"
        return Evidence(held_ms >= needed_ms / 2 >= _NEEDED_MS_MIN / 2, f"{edge}: {what}")
