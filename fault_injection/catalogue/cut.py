"""cut: one service cannot reach another any more, while everybody else still can.

Mechanism: the edge's listener in the fault proxy is closed, and every connection through it
with it; a partition between two services that a firewall answers with a reset.
Proof of bite: connecting to the listener is refused, and connections went through it before.
Undo: the listener is opened again.
Proof of absence: a canary through the listener is no longer refused or closed.
Backends: process, docker.
"""

from fault_injection.catalogue._echo import Ending, call
from fault_injection.catalogue._edge import EdgeFault
from harness.vocabulary import Evidence, System

_CANARY_S = 0.25


class Cut(EdgeFault):
    """Close the selected edges."""

    name = "cut"

    def __init__(self) -> None:
        super().__init__({})
        self._used: dict[str, int] = {}
        self._cut: dict[str, int] = {}
        self._was_open: dict[str, bool] = {}

    def _look_before(self, system: System, edge: str) -> None:
        # No canary here: it would pass for a connection of the system's.
        counters = self.control.counters(edge)
        self._used[edge], self._cut[edge] = counters["accepted"], counters["cut"]
        self._was_open[edge] = self.control.is_enabled(edge)

    def _hurt(self, edge: str) -> None:
        self.control.enable(edge, enabled=False)

    def _restore(self, edge: str) -> None:
        self.control.enable(edge, enabled=True)

    def _observe(self, system: System, edge: str) -> Evidence:
        if not self._was_open[edge]:
            return Evidence(False, f"{edge} was cut already")
        echo = call(system.edge(edge).listener, _CANARY_S)
        if echo.ending is not Ending.REFUSED:
            return Evidence(False, f"{edge}: {echo}")
        cut = self.control.counters(edge)["cut"] - self._cut[edge]
        if not (cut or self._used[edge]):
            return Evidence(False, f"{edge} is closed, but nobody ever used it")
        what = f"refuses, {cut} live of {self._used[edge]} connections so far were closed"
        return Evidence(True, f"{edge}: port {system.edge(edge).listener[1]} {what}")

    def _recovered(self, system: System, edge: str) -> Evidence:
        echo = call(system.edge(edge).listener, _CANARY_S)
        through = echo.ending in (Ending.ANSWERED, Ending.SILENT)
        return Evidence(through and self.control.is_enabled(edge), f"{edge}: {echo}")
