"""What faults on edges have in common: the proxy they work through, and its undo."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gonogo.edges import EdgeControl
from gonogo.vocabulary import Evidence, Selects, System, Undo, UsageError
from gonogo_faults.catalogue._echo import Echo, Ending, call

# For the way there and back on a busy machine.
CANARY_S = 0.25
# Patience that tells a service that answers canaries from one that does not, however busy.
_FIRST_S = 10.0


class EdgeFault(ABC):
    """A fault on the edges its selector chose.

    Attributes:
        name: name in the catalogue.
        selects: edges.
        backends: wherever the harness starts the system, for then the proxy is in between.
        parameters: what it was made with.
    """

    name: str
    selects: Selects = "edges"
    backends = frozenset({"process", "docker"})

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
        return Undo(
            "edge", edges=tuple(services), control=address, run=system.run, toxic=self._toxic()
        )

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Hurt each edge."""
        for edge in services:
            self._hurt(edge)

    def observe(self, system: System, services: Sequence[str]) -> Evidence:
        """Every edge is seen to be hurt, and the system to have noticed."""
        return _all(services, lambda edge: self._observe(system, edge))

    def heal(self, system: System, services: Sequence[str]) -> None:
        """Restore each edge."""
        for edge in services:
            self._restore(edge)

    def prove_absent(self, system: System, services: Sequence[str]) -> Evidence:
        """Every edge is seen to be whole."""
        return _all(services, lambda edge: self._recovered(system, edge))

    def _toxic(self) -> str:
        """Name of the toxic it adds, ``""`` when none."""
        return ""

    def _look_before(self, edge: str) -> None:  # noqa: B027 - the canary is enough for most
        """Note what the fault is to be compared with, beside the canary."""

    def _ends_as_before(self, system: System, edge: str) -> tuple[Echo, bool]:
        """A canary, and whether it ended as before the fault; an answer is always as good."""
        before = self._before[edge]
        usual_s = 0.0 if before.ending is Ending.SILENT else before.after_ms / 1e3
        echo = self._canary(system, edge, usual_s + CANARY_S)
        return echo, echo.ending in (before.ending, Ending.ANSWERED)

    def _first(self, system: System, edge: str) -> Echo:
        """How a canary ends on the edge as it is."""
        echo = self._canary(system, edge, CANARY_S)
        return self._canary(system, edge, _FIRST_S) if echo.ending is Ending.SILENT else echo

    def _canary(self, system: System, edge: str, within_s: float) -> Echo:
        """One call, told to the proxy: a later fault must not take it for use of the edge."""
        echo = call(system.edge(edge).listener, within_s)
        if echo.ending is not Ending.REFUSED:
            self.control.count_canary(edge)
        return echo

    @abstractmethod
    def _hurt(self, edge: str) -> None: ...

    @abstractmethod
    def _restore(self, edge: str) -> None: ...

    @abstractmethod
    def _observe(self, system: System, edge: str) -> Evidence: ...

    @abstractmethod
    def _recovered(self, system: System, edge: str) -> Evidence: ...


class ToxicFault(EdgeFault):
    """An edge fault that is a toxic on what comes back from the upstream.

    A toxic counts the connections it touched. Those beyond the canaries' own are the system's:
    without any, nobody used the edge and the fault proved nothing.
    """

    kind: str

    def __init__(self, attributes: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
        super().__init__(parameters)
        self._attributes = attributes
        # Unique, so that an arming whose owner died in between is never mistaken for this one.
        self._name = f"{self.name}-{time.monotonic_ns():x}"
        self._own: dict[str, int] = {}

    def _toxic(self) -> str:
        return self._name

    def _hurt(self, edge: str) -> None:
        self.control.add_toxic(edge, self.kind, self._name, **self._attributes)

    def _restore(self, edge: str) -> None:
        self.control.remove_toxic(edge, self._name)

    def _call(
        self, system: System, edge: str, within_s: float, counts: Callable[[Echo], bool]
    ) -> Echo:
        """One canary, remembered when the toxic will have counted it."""
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


def whole(name: str, value: float, *, at_least: int, fault: str) -> int:
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


def _all(edges: Sequence[str], look: Callable[[str], Evidence]) -> Evidence:
    looks = [look(edge) for edge in edges]
    return Evidence(all(each.holds for each in looks), "; ".join(each.what for each in looks))
