"""cut: one service cannot reach another any more, while all others still can.

Mechanism: the fault proxy closes the edge's listener and every connection through it. For the
client it is as if a firewall between the two services answered with a reset.
Proof of bite: connecting to the listener is refused, and the system's own connections went through
it before.
Undo: the listener is opened again.
Proof of absence: a canary through the listener ends as one did before.
Backends: process, docker.
"""

from gonogo.vocabulary import Evidence, System
from gonogo_faults.catalogue._echo import Ending
from gonogo_faults.catalogue._edge import CANARY_S, EdgeFault
from gonogo_faults.undo import OpenEdges


class Cut(EdgeFault):
    """Close the selected edges."""

    name = "cut"

    def __init__(self) -> None:
        super().__init__({})
        self._used: dict[str, int] = {}
        self._cut: dict[str, int] = {}
        self._was_open: dict[str, bool] = {}

    def _look_before(self, edge: str) -> None:
        counters = self.control.counters(edge)
        # Canaries of earlier faults do not count as use of the edge.
        self._used[edge] = counters["accepted"] - counters["canaries"]
        self._cut[edge] = counters["cut"]
        self._was_open[edge] = self.control.is_enabled(edge)

    def _apply(self, edge: str) -> None:
        self.control.enable(edge, enabled=False)

    def _undo(self, edges: tuple[str, ...], control: str, run: str) -> OpenEdges:
        return OpenEdges(edges, control, run)

    def _observe(self, system: System, edge: str) -> Evidence:
        if not self._was_open[edge]:
            return Evidence(False, f"{edge} was cut already")
        echo = self._canary(system, edge, CANARY_S)
        if echo.ending is not Ending.REFUSED:
            return Evidence(False, f"{edge}: {echo}")
        if self._used[edge] <= 0:
            return Evidence(False, f"{edge} is closed, but was never used")
        cut = self.control.counters(edge)["cut"] - self._cut[edge]
        what = f"refuses, {cut} live connections were closed, {self._used[edge]} made before"
        return Evidence(True, f"{edge}: port {system.edge(edge).listener[1]} {what}")

    def _recovered(self, system: System, edge: str) -> Evidence:
        echo, as_before = self._ends_as_before(system, edge)
        return Evidence(as_before and self.control.is_enabled(edge), f"{edge}: {echo}")
