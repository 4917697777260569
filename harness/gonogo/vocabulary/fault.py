"""Faults: the protocol, its undo, its blast radius, and a fault that does nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from gonogo.vocabulary.evidence import Evidence
from gonogo.vocabulary.system import ProcessIdentity, System

Selects = Literal["services", "edges"]
_ARROW = "->"


def names_edges(selector: str) -> bool:
    """Whether a selector is one over edges (``api->redis``): no service's name has an arrow."""
    return _ARROW in selector


@dataclass(frozen=True, slots=True)
class Setting:
    """Something of a service that a fault changes, as it was before.

    Attributes:
        service: whose it is.
        name: what it is: a limit's name in the engine, or a path in the container.
        value: what it was.
    """

    service: str
    name: str
    value: int


@dataclass(frozen=True, slots=True)
class Undo:
    """How to take a fault back, complete enough for a process that knows nothing else.

    Attributes:
        kind: ``signal`` (send ``signal`` to each process that still is who it was, and to
            what ``services`` have started since), ``start`` (start those of ``services`` that
            are down and stay down), ``replace`` (end ``processes`` that still are who they were,
            then as ``start``), ``edge`` (enable ``edges`` and take ``toxic`` off them),
            ``rules`` (delete the packet rules marked ``tag`` around each of ``services``),
            ``limits`` (set the container limits ``before`` again, and start as ``start`` does),
            ``ballast`` (remove the files ``before`` names), ``writable`` (make the mounts
            ``before`` names writable), ``descriptors`` (give ``processes``, and what
            ``services`` have started since, the limits ``before``, and start as ``start`` does),
            ``clock`` (set the clocks right whose files ``before`` names), ``syncs`` (end the
            delays there) or ``none``.
        processes: whom ``signal`` concerns.
        signal: name of the signal, such as ``SIGCONT``.
        services: names of the services concerned.
        edges: names of the edges concerned.
        control: ``host:port`` of the fault proxy's control API.
        run: run id by which that proxy, or a container, is told from another run's.
        toxic: name of the toxic, ``""`` when none was added.
        tag: mark on packet rules.
        before: what was changed, as it was.
    """

    kind: str
    processes: tuple[ProcessIdentity, ...] = ()
    signal: str = ""
    services: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()
    control: str = ""
    run: str = ""
    toxic: str = ""
    tag: str = ""
    before: tuple[Setting, ...] = ()


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """What a fault may touch at most.

    Attributes:
        services: names of the services it touches; never empty.
        duration_s_max: heals itself so long after it was seen to bite (or looked for in vain),
            whatever the scenario does.
    """

    services: tuple[str, ...]
    duration_s_max: float


class Fault(Protocol):
    """One way to hurt the system. Lifecycle: plan, arm, observe, heal, prove_absent.

    ``plan`` touches nothing and returns the undo that is journalled before ``arm``.
    ``observe`` and ``prove_absent`` look by a way independent of ``arm`` and ``heal``.
    ``heal`` may be called twice and after the system changed under it. ``services`` are the
    names of what its selector chose: of edges, where it ``selects`` edges.
    """

    @property
    def name(self) -> str:
        """Name in the catalogue."""

    @property
    def selects(self) -> Selects:
        """What its selector chooses among."""

    @property
    def backends(self) -> frozenset[str]:
        """Backends in which it can be injected."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What it was made with, units in the names."""

    def plan(self, system: System, services: Sequence[str]) -> Undo:
        """Say how to undo what ``arm`` is about to do."""

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Apply the fault."""

    def observe(self, system: System, services: Sequence[str]) -> Evidence:
        """Look once whether it bites."""

    def heal(self, system: System, services: Sequence[str]) -> None:
        """Take it back."""

    def prove_absent(self, system: System, services: Sequence[str]) -> Evidence:
        """Look once whether it is gone."""


@runtime_checkable
class Demanding(Protocol):
    """A fault that needs more than its backend: a right, a tool, a certain kind of service."""

    def lacking(self, system: System, services: Sequence[str]) -> str:
        """Why it cannot be injected here, ``""`` when it can; touches nothing."""


@dataclass(frozen=True, slots=True)
class NoopFault:
    """A fault whose arming does nothing: it must end as INCONCLUSIVE, never as a pass."""

    name: str = "noop"
    selects: Selects = "services"
    backends: frozenset[str] = frozenset({"process", "docker", "attach"})
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def plan(self, system: System, services: Sequence[str]) -> Undo:
        """Nothing to undo."""
        return Undo(kind="none")

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Do nothing."""

    def observe(self, system: System, services: Sequence[str]) -> Evidence:
        """It never bites."""
        return Evidence(holds=False, what="the noop fault does nothing")

    def heal(self, system: System, services: Sequence[str]) -> None:
        """Do nothing."""

    def prove_absent(self, system: System, services: Sequence[str]) -> Evidence:
        """What never was is absent."""
        return Evidence(holds=True, what="the noop fault does nothing")
