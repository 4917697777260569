"""Faults: the protocol, its blast radius, and a fault that does nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from gonogo.vocabulary.backend import Capability
from gonogo.vocabulary.evidence import Evidence
from gonogo.vocabulary.system import System
from gonogo.vocabulary.undo import NoUndo, Undo

Selects = Literal["services", "edges"]
_ARROW = "->"


def names_edges(selector: str) -> bool:
    """Whether a selector is one over edges (``api->redis``): no service's name has an arrow."""
    return _ARROW in selector


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """What a fault may touch at most.

    Attributes:
        services: names of the services it touches; never empty.
        duration_s_max: it is healed at the latest this long after it was observed (or the search
            for its effect ended), even when the scenario goes on.
    """

    services: tuple[str, ...]
    duration_s_max: float


class Fault(Protocol):
    """One way to disturb the system. Lifecycle: plan, arm, observe, undo, prove_absent.

    The undo that ``plan`` returns is written to the journal before ``arm`` is called, and its
    ``execute`` is the only way back. ``observe`` and ``prove_absent`` use other means than ``arm``
    and the undo. ``services`` are the names its selector chose: names of edges, where it
    ``selects`` edges.
    """

    @property
    def name(self) -> str:
        """Name in the catalogue."""

    @property
    def selects(self) -> Selects:
        """What its selector chooses among."""

    @property
    def needs(self) -> frozenset[Capability]:
        """What a backend must be able to do so that it can be injected there."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What it was made with, units in the names."""

    def plan(self, system: System, services: Sequence[str]) -> Undo:
        """Say how to undo what ``arm`` is about to do; changes nothing."""

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Apply the fault; when this returns, it is in effect."""

    def observe(self, system: System, services: Sequence[str]) -> Evidence:
        """Look once whether it has an effect."""

    def prove_absent(self, system: System, services: Sequence[str]) -> Evidence:
        """Look once whether it is gone."""


@runtime_checkable
class Demanding(Protocol):
    """A fault that needs more than its backend: a right, a tool, a certain kind of service."""

    def lacking(self, system: System, services: Sequence[str]) -> str:
        """Why it cannot be injected here, ``""`` when it can; changes nothing."""


@runtime_checkable
class Stoppable(Protocol):
    """A fault with threads of its own, which go on applying it until they are stopped."""

    def stop(self) -> None:
        """Stop them; called before the undo is executed. May be called twice."""


@dataclass(frozen=True, slots=True)
class NoopFault:
    """A fault whose arming does nothing: it must end as INCONCLUSIVE, never as a pass."""

    name: str = "noop"
    selects: Selects = "services"
    needs: frozenset[Capability] = frozenset()
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def plan(self, system: System, services: Sequence[str]) -> Undo:
        """Nothing to undo."""
        return NoUndo()

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Do nothing."""

    def observe(self, system: System, services: Sequence[str]) -> Evidence:
        """It never has an effect."""
        return Evidence(holds=False, what="the noop fault does nothing")

    def prove_absent(self, system: System, services: Sequence[str]) -> Evidence:
        """What was never armed is absent."""
        return Evidence(holds=True, what="the noop fault does nothing")
