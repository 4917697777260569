"""What faults by a container's limits have in common: set, restored, and seen in the kernel."""

import contextlib
from abc import abstractmethod
from collections.abc import Sequence

from gonogo.linux import wait_until
from gonogo.vocabulary import EnvironmentFailed, Evidence, Setting, System, Undo
from gonogo_faults.catalogue._container import ContainerFault, container_of

_START_S_MAX = 60.0
_ROUNDS_MAX = 10
_SETTLE_S = 0.5
NONE = -1


class LimitFault(ContainerFault):
    """A fault that lowers one limit of the selected services' containers.

    The engine does it, so that it needs no more than access to the engine; looking needs the
    files of the kernel, which everybody may read.
    """

    needs_root = False

    def __init__(self, parameters: dict[str, float]) -> None:
        super().__init__(parameters)
        self._lowered: dict[str, tuple[str, int]] = {}
        self._kernel_before: dict[str, str] = {}
        # By main process: a container that is started again counts from nothing.
        self._counted_before: dict[int, int] = {}

    def _plan(self, system: System, services: Sequence[str]) -> Undo:
        before = []
        for service in services:
            container = container_of(system.run, service)
            name, value = self._lower(system, service)
            self._lowered[service] = name, value
            self._kernel_before[service] = self._in_kernel(container.pid)
            before.append(Setting(service, name, container.limits[name] or NONE))
        return Undo("limits", services=tuple(services), run=system.run, before=tuple(before))

    def _hurt(self, system: System, service: str) -> None:
        from gonogo.backends.containers.run_containers import set_limits  # noqa: PLC0415 - process runs

        container = container_of(system.run, service)
        for last in [False] * (_ROUNDS_MAX - 1) + [True]:
            name, value = self._lowered[service]
            try:
                set_limits(container, {name: value})
                break
            except EnvironmentFailed:
                # It holds more than when this was planned: a limit below that is refused.
                self._lowered[service] = self._lower(system, service)
                if last or self._lowered[service] == (name, value):
                    raise
        # One that the limit ended at once has nothing left that counts.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            self._counted_before[container.pid] = self._counted(container.pid)

    def _grown(self, pid: int) -> int:
        """How often the kernel has enforced it since it was armed."""
        return self._counted(pid) - self._counted_before.get(pid, 0)

    def heal(self, system: System, services: Sequence[str]) -> None:
        """Do what the journal says, and start what ended of it and stays down."""
        super().heal(system, services)
        for service in services:
            if not system.restarts_itself(service) and self._is_down(system, service):
                system.start(service, timeout_s=_START_S_MAX)

    @staticmethod
    def _is_down(system: System, service: str) -> bool:
        """Whether it ended: one that the kernel is about to end may answer once more."""
        wait_until(lambda: system.is_ready(service) or not system.processes(service), _START_S_MAX)
        return wait_until(lambda: not system.processes(service), _SETTLE_S)

    def _recovered(self, system: System, service: str) -> Evidence:
        try:
            now = self._in_kernel(container_of(system.run, service).pid)
        except EnvironmentFailed as error:
            return Evidence(False, error.what)
        if now != self._kernel_before[service]:
            what = f"{service}: the limit is {now}, and was {self._kernel_before[service]}"
            return Evidence(False, what)
        if not system.is_ready(service):
            return Evidence(False, f"{service}: the limit is {now} as before, but it is not ready")
        return Evidence(True, f"{service}: the limit is {now} as before, ready")

    @abstractmethod
    def _lower(self, system: System, service: str) -> tuple[str, int]:
        """The engine's name of the limit, and the value it is to get."""

    @abstractmethod
    def _in_kernel(self, pid: int) -> str:
        """The limit as the kernel has it."""

    @abstractmethod
    def _counted(self, pid: int) -> int:
        """How often the kernel has enforced it."""
