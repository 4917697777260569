"""The process backend: each service a local process on private loopback ports."""

import threading
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from harness.environment._addresses import HOST, Rewriter, container_ports
from harness.environment._attached import write_readiness
from harness.environment._bring_up import bring_up, dependency_levels, wait_ready
from harness.environment._control import ControlServer
from harness.environment._launch import check_programs, keep_descriptors_private, prepare
from harness.environment._ports import PortLease
from harness.environment._readiness import Look
from harness.environment._redact import Redactor
from harness.environment._service_log import log_path
from harness.environment._snapshot import ServiceSnapshot, Snapshot, write_snapshot
from harness.environment._state_dir import Volumes, create_state, remove_state, state_path
from harness.environment._supervised import SupervisedService, Surroundings
from harness.environment._system_view import SystemView
from harness.observation import boot_id
from harness.target import Readiness, Target
from harness.vocabulary import Kind, Recorder


class ProcessEnvironment(SystemView):
    """Starts a target as local processes, supervises them, and leaves nothing behind.

    Entering returns when every service is ready; leaving stops them in reverse order of
    their dependencies, removes ``RUN/state`` and gives the ports back.

    Args:
        target: what to start.
        run_dir: the run directory; gets ``environment.json``, ``logs/`` and ``state/``.
        run: run id.
        recorder: where the states of the services are recorded.

    Raises:
        UsageError: the target asks for something impossible (on entering).
        EnvironmentFailed: a program, port or directory is missing (on entering).
        SystemFell: a service exited or did not become ready (on entering).
    """

    def __init__(self, target: Target, run_dir: Path, run: str, recorder: Recorder) -> None:
        super().__init__(run_dir.resolve(), run, "process")
        self._target = target
        self._recorder = recorder
        self._changed = threading.Condition()
        self._publishing = threading.Lock()
        self._phase = "starting"
        self._levels: list[list[str]] = []
        self._ports: dict[str, dict[int, int]] = {}
        self._supervised: dict[str, SupervisedService] = {}
        self._leaving = ExitStack()

    def __enter__(self) -> Self:
        check_programs(self._target, self.backend)
        self._levels = dependency_levels(self._target)
        wanted = container_ports(self._target)
        with ExitStack() as leaving:
            state = create_state(self.run_dir, self.run)
            leaving.callback(self._remove_state)
            lease = PortLease(self.run)
            leaving.callback(lease.release)
            free = iter(lease.take(sum(len(ports) for ports in wanted.values())))
            self._ports = {
                name: {port: next(free) for port in ports} for name, ports in wanted.items()
            }
            self._prepare(state)
            leaving.callback(self._stop)
            control = ControlServer(self.run_dir, self._start_within)
            leaving.callback(control.close)
            bring_up(self._target, self._supervised, self._changed)
            self._enter_phase("running")
            self._leaving = leaving.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leaving.close()

    def snapshot(self) -> Snapshot:
        """The system now."""
        with self._changed:
            services = {name: self._describe(name) for name in self._target.services}
            return Snapshot(self.run, self.backend, boot_id(), self._phase, services)

    def start(self, service: str, *, timeout_s: float) -> None:
        """Start a service that is down and wait until it is ready.

        Raises:
            UsageError: there is no such service.
            SystemFell: it exited, or was not ready in time.
        """
        self._service(service)
        supervised = self._supervised[service]
        supervised.start()
        wait_ready(self._target, supervised, self._changed, timeout_s)

    def _start_within(self, service: str, limit_s: float) -> None:
        self.start(service, timeout_s=limit_s)

    def _prepare(self, state: Path) -> None:
        keep_descriptors_private()
        rewriter = Rewriter(self._target, self._ports)
        volumes = Volumes(state, self._target)
        around = Surroundings(
            run=self.run,
            recorder=self._recorder,
            redact=Redactor(self._target.secret_values),
            changed=self._changed,
            publish=self._publish,
        )
        for name, service in self._target.services.items():
            launch = prepare(self._target, service, self.run, self.run_dir, rewriter, volumes)
            look = Look(service.ready, self._endpoints(name), launch.log)
            self._supervised[name] = SupervisedService(service, launch, look, around)
        write_readiness(self.run_dir, self._target)
        self._publish()

    def _endpoints(self, service: str) -> dict[int, tuple[str, int]]:
        return {port: (HOST, at) for port, at in self._ports[service].items()}

    def _describe(self, name: str) -> ServiceSnapshot:
        now = self._supervised[name]
        return ServiceSnapshot(
            ports=tuple(self._ports[name]),
            endpoints=self._endpoints(name),
            restarts_itself=now.restarts_itself(),
            up=now.is_up(),
            main=now.main,
            incarnation=now.incarnation,
            log=str(log_path(self.run_dir, name).relative_to(self.run_dir)),
            log_offset=now.log_offset,
        )

    def _readiness(self) -> Mapping[str, Readiness | None]:
        return {name: service.ready for name, service in self._target.services.items()}

    def _enter_phase(self, phase: str) -> None:
        with self._changed:
            self._phase = phase
        self._publish()

    def _publish(self) -> None:
        with self._publishing:
            write_snapshot(self.run_dir, self.snapshot())

    def _stop(self) -> None:
        """Stop every service, dependents first."""
        self._enter_phase("stopping")
        for level in reversed(self._levels):
            for name in level:
                self._supervised[name].ask_to_stop()
            for name in level:
                if not self._supervised[name].join():
                    text = f"service {name} could not be stopped"
                    self._recorder.record(Kind.NOTE, text=text)
        self._enter_phase("ended")

    def _remove_state(self) -> None:
        if not remove_state(self.run_dir):
            text = f"{state_path(self.run_dir)} could not be removed"
            self._recorder.record(Kind.NOTE, text=text)
