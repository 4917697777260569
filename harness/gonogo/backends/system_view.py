"""The reading half of the ``System`` protocol: common to the owner of a run and to others."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from gonogo.backends.backend import SystemBackend
from gonogo.edges.edge_table import EdgeTable, read_edges
from gonogo.linux.identity import is_alive
from gonogo.ownership.snapshot import ServiceSnapshot, Snapshot
from gonogo.ownership.state_dir import state_path
from gonogo.services.preload import preload_path
from gonogo.services.readiness import ReadinessCheck
from gonogo.target import Readiness
from gonogo.vocabulary import EdgeRoute, ProcessIdentity, UsageError


class SystemView(ABC):
    """Answers from the newest snapshot.

    Attributes:
        backend: where it runs.
        run: run id.
        run_dir: the run directory.
    """

    def __init__(self, run_dir: Path, run: str, backend: SystemBackend) -> None:
        self.run_dir = run_dir
        self.run = run
        self.backend: SystemBackend = backend

    @abstractmethod
    def snapshot(self) -> Snapshot:
        """The system now."""

    @abstractmethod
    def _readiness(self) -> Mapping[str, Readiness | None]: ...

    @abstractmethod
    def start(self, service: str, *, timeout_s: float) -> None:
        """Start a service that is down and wait until it is ready.

        Raises:
            SystemNotReady: it exited, or was not ready in time.
        """

    def services(self) -> Sequence[str]:
        """Names of the services, sorted."""
        return sorted(self.snapshot().services)

    def select(self, selector: str) -> Sequence[str]:
        """Services whose name matches the shell pattern, sorted.

        Raises:
            UsageError: none does.
        """
        names = self.services()
        chosen = [name for name in names if fnmatchcase(name, selector)]
        if not chosen:
            raise UsageError(
                f"the selector {selector!r} matches no service",
                alternatives=names,
                hint="a selector is a service's name or a pattern such as agent-*",
            )
        return chosen

    def edges(self) -> Sequence[str]:
        """Names of the edges that go through the fault proxy, sorted."""
        return sorted(route.name for route in self._edges().routes)

    def select_edges(self, selector: str) -> Sequence[str]:
        """Edges whose name matches the shell pattern, sorted.

        Raises:
            UsageError: none does.
        """
        chosen = [name for name in self.edges() if fnmatchcase(name, selector)]
        if not chosen:
            raise UsageError(
                f"the selector {selector!r} matches no edge",
                alternatives=self.edges(),
                hint="x-harness.edges declares them: {client: api, upstream: 'redis:6379'}",
            )
        return chosen

    def edge(self, name: str) -> EdgeRoute:
        """One edge.

        Raises:
            UsageError: there is none of that name.
        """
        return self._edges().named(name)

    def edge_control(self) -> str:
        """``host:port`` of the fault proxy's control API.

        Raises:
            UsageError: the target declares no edge.
        """
        table = self._edges()
        if not table.control:
            raise UsageError("the target declares no edges", where="x-harness.edges")
        return table.control

    def _edges(self) -> EdgeTable:
        return read_edges(self.run_dir)

    def processes(self, service: str) -> Sequence[ProcessIdentity]:
        """Main process first, then the rest of the service by age; empty when it is down."""
        main = self._service(service).main
        if main is None or not is_alive(main):
            return []
        return self.backend.processes(self.run, service, main)

    def address(self, service: str, port: int) -> tuple[str, int]:
        """Host and port at which the service's own ``port`` answers on this machine.

        Raises:
            UsageError: the target neither declares nor mentions that port.
        """
        endpoints = self._service(service).endpoints
        if port not in endpoints:
            raise UsageError(
                f"service {service} has no port {port}",
                alternatives=[str(each) for each in endpoints],
                hint=f"declare it: expose: ['{port}']",
            )
        return endpoints[port]

    def ports(self, service: str) -> Sequence[int]:
        """The service's ports as the Compose file numbers them, declared ones first."""
        return self._service(service).ports

    def preload(self, service: str) -> Path | None:
        """File it shares with the shared object it was started with; None without one."""
        path = preload_path(state_path(self.run_dir), service)
        return path if path.exists() else None

    def restarts_itself(self, service: str) -> bool:
        """Whether a restart policy brings it back after a kill; not when it stays down."""
        return self._service(service).restarts_itself

    def is_ready(self, service: str) -> bool:
        """Whether its main process lives and its readiness check holds right now."""
        now = self._service(service)
        if now.main is None or not is_alive(now.main):
            return False
        declared = self._readiness()[service]
        check = ReadinessCheck(declared, now.endpoints, self.run_dir / now.log)
        return self.backend.readiness_check(check, now)(now.main, now.log_offset)

    def _service(self, name: str) -> ServiceSnapshot:
        services = self.snapshot().services
        if name not in services:
            raise UsageError(f"there is no service {name!r}", alternatives=sorted(services))
        return services[name]
