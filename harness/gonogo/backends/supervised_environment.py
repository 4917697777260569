"""What every environment that starts a system shares: start order, supervision, clean end."""

import contextlib
import os
import threading
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from gonogo.backends.backend import SystemBackend
from gonogo.backends.programs import check_programs
from gonogo.backends.readiness_file import write_readiness
from gonogo.backends.system_view import SystemView
from gonogo.edges.edge_table import Proxy, open_edges
from gonogo.linux.descriptors import keep_descriptors_private
from gonogo.linux.processes import processes_of_run
from gonogo.linux.signals import DeferredSignals, deferred_signals
from gonogo.linux.waiting import wait_until
from gonogo.observation import LEFT_BEHIND, boot_id, record_error
from gonogo.ownership.control_channel import ControlServer
from gonogo.ownership.snapshot import ServiceSnapshot, Snapshot, write_snapshot
from gonogo.ownership.state_dir import create_state, hold_run_dir, remove_state, state_path
from gonogo.services.addresses import HOST
from gonogo.services.incarnation import Launch
from gonogo.services.ports import PortLease
from gonogo.services.readiness import IsReady
from gonogo.services.redact import Redactor
from gonogo.services.service_log import log_path
from gonogo.services.start_order import dependency_levels, start_in_order, wait_ready
from gonogo.services.supervised import SharedContext, SupervisedService
from gonogo.target import Readiness, Requirement, Service, Target
from gonogo.vocabulary import EnvironmentFailed, ExitCode, Recorder

# A process that got SIGKILL is gone at once, unless it is stuck inside the kernel.
_GONE_S_MAX = 10.0


class SupervisedEnvironment(SystemView):
    """Starts a target, supervises it, and leaves nothing behind.

    Entering returns when every service is ready. Leaving stops the services in reverse order of
    their dependencies, removes ``RUN/state`` and gives the ports back. State and ports stay where
    something is left; that is recorded as the error ``LeftBehind``. SIGINT and SIGTERM are
    deferred in both.

    Args:
        target: what to start.
        run_dir: the run directory; gets ``environment.json``, ``logs/`` and ``state/``.
        run: run id.
        recorder: where the states of the services are recorded.
        backend: how the services run.

    Raises:
        UsageError: the target asks for something impossible (on entering).
        EnvironmentFailed: a program, port, image, engine or directory is missing (on entering).
        SystemNotReady: a service exited or did not become ready (on entering).
    """

    def __init__(
        self, target: Target, run_dir: Path, run: str, recorder: Recorder, backend: SystemBackend
    ) -> None:
        super().__init__(run_dir.resolve(), run, backend)
        self._target = target
        self._recorder = recorder
        self._redact = Redactor(target.secret_values)
        self._changed = threading.Condition()
        self._publishing = threading.Lock()
        self._phase = "starting"
        self._levels: list[list[str]] = []
        self._ports: dict[str, dict[int, int]] = {}
        self._edge_ports: dict[str, int] = {}
        self._supervised: dict[str, SupervisedService] = {}
        self._leaving = ExitStack()
        self._clean = True
        self._stuck: list[str] = []
        self._unwritten = ""

    def _check(self) -> None:
        """Check for what is missing before anything is made."""
        check_programs(self._target, self._needed_programs())

    def _needed_programs(self) -> list[Requirement]:
        """Programs that this machine must have."""
        return [each for each in self._target.requires if each.needed_by(self.backend.form)]

    @abstractmethod
    def _container_ports(self) -> Mapping[str, Sequence[int]]:
        """Every port that is declared or mentioned, by service."""

    @abstractmethod
    def _prepare(self, state: Path, signals: DeferredSignals) -> None:
        """Get everything ready to start, down to ``_supervise`` for each service."""

    @abstractmethod
    def _start_proxy(self, control_port: int) -> Proxy:
        """Start the fault proxy; called only where the target declares edges."""

    @abstractmethod
    def _clear_away(self) -> None:
        """Remove what stopped services leave; called also when ``_prepare`` was interrupted."""

    def _left_over(self) -> list[str]:
        """What is still there, in words; called again until nothing is, or the limit has passed."""
        logs = [each.log for each in self._supervised.values()]
        left = processes_of_run(self.run, mains=self.snapshot().mains(), logs=logs)
        return [f"pid {', '.join(str(each.pid) for each in left)}"] if left else []

    def __enter__(self) -> Self:
        self._check()
        self._levels = dependency_levels(self._target)
        try:
            self._start()
        except OSError as error:
            raise EnvironmentFailed(
                f"the system cannot be brought up: {error}", where=str(self.run_dir)
            ) from error
        return self

    def _start(self) -> None:
        wanted = self._container_ports()
        with deferred_signals() as signals, ExitStack() as leaving:
            leaving.callback(os.close, hold_run_dir(self.run_dir))
            state = create_state(self.run_dir, self.run, self.backend.name)
            leaving.callback(self._remove_state)
            lease = PortLease(self.run)
            leaving.callback(self._release, lease)
            edges = self._target.edges
            count = sum(len(ports) for ports in wanted.values()) + len(edges) + bool(edges)
            free = iter(lease.take(count))
            self._ports = {
                name: {port: next(free) for port in ports} for name, ports in wanted.items()
            }
            self._edge_ports = {edge.name: next(free) for edge in edges}
            keep_descriptors_private()
            leaving.callback(self._check_leftovers)
            leaving.callback(self._clear_away)
            self._prepare(state, signals)
            if edges:
                proxy = self._start_proxy(next(free))
                leaving.callback(proxy.close)
                open_edges(proxy, edges, self._edge_ports, self.run, self.run_dir)
            write_readiness(self.run_dir, self._target)
            self._publish()
            leaving.callback(self._stop)
            control = ControlServer(self.run_dir, self._start_within)
            leaving.callback(control.close)
            start_in_order(self._target, self._supervised, self._changed, signals.check)
            self._enter_phase("running")
            signals.check()
            self._leaving = leaving.pop_all()

    def __exit__(self, *_: object) -> None:
        with deferred_signals():
            self._leaving.close()

    def snapshot(self) -> Snapshot:
        """The system now."""
        with self._changed:
            services = {name: self._describe(name) for name in self._supervised}
            return Snapshot(self.run, self.backend.name, boot_id(), self._phase, services)

    def start(self, service: str, *, timeout_s: float) -> None:
        """Start a service that is down and wait until it is ready.

        Raises:
            UsageError: there is no such service.
            SystemNotReady: it exited, or was not ready in time.
        """
        self._service(service)
        supervised = self._supervised[service]
        supervised.start()
        wait_ready(self._target, supervised, self._changed, timeout_s)

    def _start_within(self, service: str, limit_s: float) -> None:
        self.start(service, timeout_s=limit_s)

    def _supervise(
        self, service: Service, launch: Launch, is_ready: IsReady | None, ready_s_max: float
    ) -> None:
        context = SharedContext(
            recorder=self._recorder,
            redact=self._redact,
            changed=self._changed,
            publish=self._publish,
        )
        supervised = SupervisedService(service, launch, is_ready, context, ready_s_max)
        with self._changed:
            self._supervised[service.name] = supervised

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
            container=now.container,
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
        self._clean = False  # until it is checked
        self._try_phase("stopping")
        for level in reversed(self._levels):
            for name in level:
                self._supervised[name].ask_to_stop()
            for name in level:
                if not self._supervised[name].join():
                    self._stuck.append(f"service {name}, whose supervision does not end")

    def _try_phase(self, phase: str) -> None:
        """Enter a phase of the end; a snapshot that cannot be written must not stop the end."""
        try:
            self._enter_phase(phase)
        except OSError as error:
            self._unwritten = f"phase {phase!r} of the system could not be written: {error}"

    def _check_leftovers(self) -> None:
        """Only what is checked to be gone counts as gone; otherwise state and ports are kept."""
        self._clean = False
        left: list[str] = []

        def gone() -> bool:
            left[:] = self._left_over()
            return not left

        wait_until(gone, _GONE_S_MAX)
        behind = [*self._stuck, *left]
        if behind:
            self._record_left("; ".join(behind))
        else:
            self._clean = True
            self._try_phase("ended")

    def _release(self, lease: PortLease) -> None:
        if self._clean:  # otherwise kept until this process ends: what is left may listen
            lease.release()

    def _remove_state(self) -> None:
        try:
            removed = not self._clean or remove_state(self.run_dir)
        except OSError:
            removed = False
        if not removed:
            self._record_left(str(state_path(self.run_dir)))
        if self._unwritten:
            self._record(EnvironmentFailed(self._unwritten, where=str(self.run_dir)))

    def _record_left(self, what: str) -> None:
        left = f"left behind: {what}"
        error = EnvironmentFailed(left, where=str(self.run_dir), hint="gonogo heal")
        self._record(error, name=LEFT_BEHIND, exit_code=ExitCode.INCONCLUSIVE)

    def _record(self, error: EnvironmentFailed, **judged: Any) -> None:
        # A full disk must not stop the clean-up.
        with contextlib.suppress(OSError):
            record_error(self._recorder, error, **judged)
