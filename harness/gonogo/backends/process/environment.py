"""The process backend: each service a local process on private loopback ports."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from gonogo.backends.backend import SystemBackend
from gonogo.backends.process.launch import ProcessLaunch, needed_programs, prepare
from gonogo.backends.process.volumes import Volumes
from gonogo.backends.supervised_environment import SupervisedEnvironment
from gonogo.edges.edge_table import Proxy, detours
from gonogo.edges.local_proxy import ProxyProcess
from gonogo.linux.signals import DeferredSignals
from gonogo.services.addresses import HOST, Rewriter, container_ports
from gonogo.services.preload import preloaded
from gonogo.services.readiness import ReadinessCheck
from gonogo.services.supervised import READY_S_DEFAULT
from gonogo.target import Requirement, Service, Target
from gonogo.vocabulary import Recorder


class ProcessEnvironment(SupervisedEnvironment):
    """Starts a target as local processes; see ``SupervisedEnvironment`` for what it promises.

    Args:
        target: what to start.
        run_dir: the run directory; gets ``environment.json``, ``logs/`` and ``state/``.
        run: run id.
        recorder: where the states of the services are recorded.
        backend: the object that made this.
    """

    def __init__(
        self, target: Target, run_dir: Path, run: str, recorder: Recorder, backend: SystemBackend
    ) -> None:
        super().__init__(target, run_dir, run, recorder, backend)

    def _needed_programs(self) -> list[Requirement]:
        return [*super()._needed_programs(), *needed_programs(self._target)]

    def _container_ports(self) -> Mapping[str, Sequence[int]]:
        return container_ports(self._target)

    def _prepare(self, state: Path, signals: DeferredSignals) -> None:
        volumes = Volumes(state, self._target)
        for name, declared in self._target.services.items():
            service = preloaded(declared, state, mounted=False)
            around = detours(self._target.edges, name, HOST, self._edge_ports)
            rewriter = Rewriter(self._target, self._ports, around)
            launch = self._launch(service, rewriter, volumes)
            ready = service.ready
            check = ReadinessCheck(ready, self._endpoints(name), launch.log) if ready else None
            self._supervise(service, launch, check, ready.timeout_s if ready else READY_S_DEFAULT)

    def _launch(self, service: Service, rewriter: Rewriter, volumes: Volumes) -> ProcessLaunch:
        """How a service is started; a backend that starts processes otherwise overrides this."""
        return prepare(self._target, service, self.run, self.run_dir, rewriter, volumes)

    def _start_proxy(self, control_port: int) -> Proxy:
        return ProxyProcess(self.run, self.run_dir, control_port, self._ports, self._recorder)

    def _clear_away(self) -> None:
        """A stopped process leaves nothing."""
