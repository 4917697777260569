"""What faults on edges have in common: the fault proxy, the canary, the undo."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gonogo.edges import EdgeControl
from gonogo.vocabulary import Capability, Evidence, Selects, System, Undo, UsageError
from gonogo_faults.catalogue._echo import Echo, Ending, call
from gonogo_faults.catalogue._evidence import all_of
from gonogo_faults.undo import RemoveToxics

# For a round trip on a busy machine.
CANARY_S = 0.25
# A busy service answers a canary within this time; some services never answer one.
_FIRST_S = 10.0


class EdgeFault(ABC):
    """A fault on the edges its selector chose.

    Attributes:
        name: name in the catalogue.
        selects: edges.
        needs: the fault proxy on its edges.
        parameters: what it was made with.
    """

    name: str
    selects: Selects = "edges"
    needs = frozenset({Capability.FAULT_PROXY})

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self.parameters = parameters
        self._control: EdgeControl | None = None
        self._before: dict[str, Echo] = {}

    @property
    def control(self) -> EdgeControl:
        """The proxy's control API, once planned."""
        assert self._control is not None, "plan() comes first"  # noqa: S101 - our own order
        return self._control

    def plan(self, system: System, services: Sequence[str]) -> Undo:
        """Look at each edge as it is, and say how to restore it."""
        address = system.edge_control()
        self._control = EdgeControl(address, system.run)
        for edge in services:
            self._look_before(edge)  # the canary is a connection too
            self._before[edge] = self._first(system, edge)
        return self._undo(tuple(services), address, system.run)

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Apply the fault to each edge."""
        for edge in services:
            self._apply(edge)

    def observe(self, system: System, services: Sequence[str]) -> Evidence:
        """Every edge shows the effect, and the effect has reached the system's own traffic."""
        return all_of(services, lambda edge: self._observe(system, edge))

    def prove_absent(self, system: System, services: Sequence[str]) -> Evidence:
        """Every edge shows that it is as before."""
        return all_of(services, lambda edge: self._recovered(system, edge))

    def _look_before(self, edge: str) -> None:  # noqa: B027 - the canary is enough for most
        """Record what the fault is compared with later, besides the canary."""

    def _ends_as_before(self, system: System, edge: str) -> tuple[Echo, bool]:
        """A canary, and whether it ended as before the fault, or was answered."""
        before = self._before[edge]
        usual_s = 0.0 if before.ending is Ending.SILENT else before.after_ms / 1e3
        echo = self._canary(system, edge, usual_s + CANARY_S)
        return echo, echo.ending in (before.ending, Ending.ANSWERED)

    def _first(self, system: System, edge: str) -> Echo:
        """How a canary ends on the edge as it is."""
        echo = self._canary(system, edge, CANARY_S)
        return self._canary(system, edge, _FIRST_S) if echo.ending is Ending.SILENT else echo

    def _canary(self, system: System, edge: str, within_s: float) -> Echo:
        """One call. The proxy counts it as a canary, so no later fault takes it for traffic."""
        echo = call(system.edge(edge).listener, within_s)
        if echo.ending is not Ending.REFUSED:
            self.control.count_canary(edge)
        return echo

    @abstractmethod
    def _apply(self, edge: str) -> None: ...

    @abstractmethod
    def _undo(self, edges: tuple[str, ...], control: str, run: str) -> Undo: ...

    @abstractmethod
    def _observe(self, system: System, edge: str) -> Evidence: ...

    @abstractmethod
    def _recovered(self, system: System, edge: str) -> Evidence: ...


class ToxicFault(EdgeFault):
    """An edge fault that is a toxic on what comes back from the upstream.

    A toxic counts the connections it touched. Those that are not canaries are the system's:
    without any, the edge was not used and the fault proves nothing.
    """

    kind: str

    def __init__(self, attributes: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
        super().__init__(parameters)
        self._attributes = attributes
        # Unique: a toxic that a dead owner left behind is never taken for this one.
        self._name = f"{self.name}-{time.monotonic_ns():x}"
        self._own: dict[str, int] = {}

    def _apply(self, edge: str) -> None:
        self.control.add_toxic(edge, self.kind, self._name, **self._attributes)

    def _undo(self, edges: tuple[str, ...], control: str, run: str) -> RemoveToxics:
        return RemoveToxics(edges, control, run, self._name, self.kind)

    def _call(
        self, system: System, edge: str, within_s: float, counts: Callable[[Echo], bool]
    ) -> Echo:
        """One canary; it is noted when the toxic will have counted it."""
        echo = self._canary(system, edge, within_s)
        self._own[edge] = self._own.get(edge, 0) + counts(echo)
        return echo

    def _counted(self, edge: str) -> tuple[dict[str, int], int]:
        """What the toxic did, and on how many of the system's own connections."""
        counters = self.control.toxic_counters(edge, self._name)
        return counters, counters.get("connections", 0) - self._own.get(edge, 0)

    def _recovered(self, system: System, edge: str) -> Evidence:
        if not self._is_off(edge):
            return Evidence(False, f"{edge}: the toxic is still there")
        echo, as_before = self._ends_as_before(system, edge)
        was = "" if as_before else f", before the fault it {self._before[edge].ending}"
        return Evidence(as_before, f"{edge}: the toxic is gone, {echo}{was}")

    def _is_off(self, edge: str) -> bool:
        return self._name not in self.control.toxics(edge)


def whole_number(name: str, value: float, *, at_least: int, fault: str) -> int:
    """A parameter that is a whole number.

    Raises:
        UsageError: it is none, or too small.
    """
    if value != int(value) or value < at_least:
        raise UsageError(
            f"{fault} cannot have {name} {value!r}",
            where=f"fault {fault}",
            hint=f"a whole number, at least {at_least}",
        )
    return int(value)
