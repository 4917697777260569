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
from harness.environment._deferred import deferred_signals
from harness.environment._find import processes_of_run
from harness.environment._launch import check_programs, keep_descriptors_private, prepare
from harness.environment._ports import PortLease
from harness.environment._readiness import Look
from harness.environment._redact import Redactor
from harness.environment._service_log import log_path
from harness.environment._snapshot import ServiceSnapshot, Snapshot, write_snapshot
from harness.environment._state_dir import Volumes, create_state, remove_state, state_path
from harness.environment._supervised import SupervisedService, Surroundings
from harness.environment._system_view import SystemView
from harness.environment._tell import tell_error
from harness.environment._waiting import wait_until
from harness.observation import boot_id
from harness.target import Readiness, Target
from harness.vocabulary import EnvironmentFailed, ExitCode, ProcessIdentity, Recorder

# What got SIGKILL is gone at once, but for one that is stuck inside the kernel.
_GONE_S_MAX = 2.0


class ProcessEnvironment(SystemView):
    """Starts a target as local processes, supervises them, and leaves nothing behind.

    Entering returns when every service is ready; leaving stops them in reverse order of
    their dependencies, removes ``RUN/state`` and gives the ports back; both stay where a process
    is left, which is recorded as the error ``LeftBehind``. SIGINT and SIGTERM wait meanwhile.

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
        self._clean = True
        self._stuck: list[str] = []
        self._unwritten = ""

    def __enter__(self) -> Self:
        check_programs(self._target, self.backend)
        self._levels = dependency_levels(self._target)
        try:
            self._start()
        except OSError as error:
            raise EnvironmentFailed(
                f"the system cannot be brought up: {error}", where=str(self.run_dir)
            ) from error
        return self

    def _start(self) -> None:
        wanted = container_ports(self._target)
        with deferred_signals() as signals, ExitStack() as leaving:
            state = create_state(self.run_dir, self.run)
            leaving.callback(self._remove_state)
            lease = PortLease(self.run)
            leaving.callback(self._release, lease)
            free = iter(lease.take(sum(len(ports) for ports in wanted.values())))
            self._ports = {
                name: {port: next(free) for port in ports} for name, ports in wanted.items()
            }
            self._prepare(state)
            leaving.callback(self._look_for_leftovers)
            leaving.callback(self._stop)
            control = ControlServer(self.run_dir, self._start_within)
            leaving.callback(control.close)
            bring_up(self._target, self._supervised, self._changed, signals.check)
            self._enter_phase("running")
            signals.check()
            self._leaving = leaving.pop_all()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with deferred_signals():
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
        self._clean = False  # until it is seen
        self._tell_phase("stopping")
        for level in reversed(self._levels):
            for name in level:
                self._supervised[name].ask_to_stop()
            for name in level:
                if not self._supervised[name].join():
                    self._stuck.append(f"service {name}, whose supervision does not end")

    def _tell_phase(self, phase: str) -> None:
        """Enter a phase of the end: what cannot be written must not keep from ending."""
        try:
            self._enter_phase(phase)
        except OSError as error:
            self._unwritten = f"phase {phase!r} of the system could not be written: {error}"

    def _look_for_leftovers(self) -> None:
        """Only what is seen to be gone counts as gone; the rest keeps its state and ports."""
        left: list[ProcessIdentity] = []

        def gone() -> bool:
            left[:] = self._processes_left()
            return not left

        wait_until(gone, _GONE_S_MAX)
        pids = f"pid {', '.join(str(each.pid) for each in left)}" if left else ""
        behind = [*self._stuck, *filter(None, [pids])]
        if behind:
            self._tell_left("; ".join(behind))
        else:
            self._clean = True
            self._tell_phase("ended")

    def _processes_left(self) -> list[ProcessIdentity]:
        logs = [each.log for each in self._supervised.values()]
        return processes_of_run(self.run, mains=self.snapshot().mains(), logs=logs)

    def _release(self, lease: PortLease) -> None:
        if self._clean:  # else with this process: what is left may still listen there
            lease.release()

    def _remove_state(self) -> None:
        try:
            removed = not self._clean or remove_state(self.run_dir)
        except OSError:
            removed = False
        if not removed:
            self._tell_left(str(state_path(self.run_dir)))
        if self._unwritten:
            tell_error(
                self._recorder,
                "EnvironmentFailed",
                self._unwritten,
                where=str(self.run_dir),
                code=ExitCode.ENVIRONMENT,
            )

    def _tell_left(self, what: str) -> None:
        tell_error(
            self._recorder,
            "LeftBehind",
            f"left behind: {what}",
            where=str(self.run_dir),
            hint="gonogo heal",
            code=ExitCode.INCONCLUSIVE,
        )
