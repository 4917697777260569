"""slow: what one service gets from another comes late, as over a long or congested line.

Mechanism: toxic ``latency`` of the fault proxy on what comes back: each piece goes on
``latency_ms`` ± ``jitter_ms`` after it arrived, in order; the bandwidth stays.
Parameters: ``latency_ms``, ``jitter_ms``.
Proof of bite: the system's own connections were held for that long, and a canary's answer
through the listener was late by as much (where the service answers canaries at all).
Undo: the toxic is removed; the bytes that it held are sent on at once.
Proof of absence: the toxic is gone, and the canary is fast again.
Backends: process, docker.
"""

from gonogo.vocabulary import Evidence, System, UsageError
from gonogo_faults.catalogue._echo import Echo, Ending
from gonogo_faults.catalogue._edge import CANARY_S, ToxicFault, whole_number


class Slow(ToxicFault):
    """Delay what comes back over the selected edges.

    Args:
        latency_ms: how late.
        jitter_ms: how much that varies either way; below ``latency_ms``.

    Raises:
        UsageError: it would delay nothing, or is not in whole milliseconds.
    """

    name = "slow"
    kind = "latency"

    def __init__(self, latency_ms: float, jitter_ms: float = 0) -> None:
        latency = whole_number("latency_ms", latency_ms, at_least=1, fault="slow")
        jitter = whole_number("jitter_ms", jitter_ms, at_least=0, fault="slow")
        if jitter >= latency:
            raise UsageError(
                f"slow cannot have a jitter_ms of {jitter}, because then a delay may be 0",
                where="fault slow",
                hint=f"below latency_ms, which is {latency}",
            )
        super().__init__(
            {"latency": latency, "jitter": jitter}, {"latency_ms": latency, "jitter_ms": jitter}
        )
        self._least_ms = latency - jitter
        self._most_ms = latency + jitter

    def _observe(self, system: System, edge: str) -> Evidence:
        before = self._before[edge]
        usual_ms = before.after_ms if _answered(before) else 0.0
        within_s = (usual_ms + self._most_ms) / 1e3 + CANARY_S
        # The toxic counts every canary to a service that answers; one that timed out, only later.
        echo = self._call(system, edge, within_s, lambda echo: _answered(before) or _answered(echo))
        if _answered(before) and not (_answered(echo) and echo.after_ms >= self._least_ms):
            return Evidence(False, f"{edge}: {echo}")
        counters, others = self._counted(edge)
        if others < 1:
            return Evidence(False, f"{edge}: {echo}, but nothing of the system's came through it")
        held_ms = counters["held_us"] / counters["chunks"] / 1e3
        what = f"{others} connections of the system's held, pieces by {held_ms:.1f} ms"
        seen = f"({before.after_ms:.1f} ms before)" if _answered(before) else "(as before)"
        return Evidence(held_ms >= self._least_ms, f"{edge}: {echo} {seen}, {what}")

    def _recovered(self, system: System, edge: str) -> Evidence:
        if not self._is_off(edge):
            return Evidence(False, f"{edge}: the toxic is still there")
        before = self._before[edge]
        echo, as_before = self._ends_as_before(system, edge)
        if _answered(before):
            as_before = as_before and echo.after_ms < before.after_ms + self._least_ms
        return Evidence(as_before, f"{edge}: the toxic is gone, {echo}")


def _answered(echo: Echo) -> bool:
    return echo.ending is Ending.ANSWERED
