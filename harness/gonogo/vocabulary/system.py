"""The system under test as faults, probes and scenarios may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gonogo.vocabulary.backend import Backend


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process that cannot be mistaken for another: a pid alone is reused.

    Attributes:
        pid: process id.
        start_ticks: field 22 of ``/proc/PID/stat``, clock ticks after boot.
        run: run id that stands as ``GONOGO_RUN_ID`` in its environment.
    """

    pid: int
    start_ticks: int
    run: str


@dataclass(frozen=True, slots=True)
class EdgeRoute:
    """A connection between two services that goes through the fault proxy.

    Attributes:
        name: such as ``api->redis``.
        client: service that connects.
        service: service it connects to.
        listener: host and port at which this machine reaches the proxy's listener for it.
    """

    name: str
    client: str
    service: str
    listener: tuple[str, int]


class System(Protocol):
    """A running (or attached) system. Implemented in ``gonogo.backends``."""

    @property
    def backend(self) -> Backend:
        """Where it runs; this decides what can be done to it."""

    @property
    def run(self) -> str:
        """Run id."""

    def services(self) -> Sequence[str]:
        """Names of the services, sorted."""

    def select(self, selector: str) -> Sequence[str]:
        """Services whose name matches the shell pattern; raises UsageError when none does."""

    def edges(self) -> Sequence[str]:
        """Names of the edges that go through the fault proxy, sorted."""

    def select_edges(self, selector: str) -> Sequence[str]:
        """Edges whose name matches the shell pattern; raises UsageError when none does."""

    def edge(self, name: str) -> EdgeRoute:
        """One edge; raises UsageError when there is none of that name."""

    def edge_control(self) -> str:
        """``host:port`` of the fault proxy's control API; raises UsageError without edges."""

    def processes(self, service: str) -> Sequence[ProcessIdentity]:
        """Main process first, then its descendants; empty when it is down."""

    def address(self, service: str, port: int) -> tuple[str, int]:
        """Host and port at which the service's own ``port`` answers on this machine."""

    def ports(self, service: str) -> Sequence[int]:
        """The ports the service declares, as the Compose file numbers them."""

    def preload(self, service: str) -> Path | None:
        """File it shares with the shared object it was started with; None without one."""

    def restarts_itself(self, service: str) -> bool:
        """Whether a restart policy brings it back after a kill; not when it stays down."""

    def is_ready(self, service: str) -> bool:
        """Whether its readiness check holds right now."""

    def start(self, service: str, *, timeout_s: float) -> None:
        """Start a service that is down and wait until it is ready."""
