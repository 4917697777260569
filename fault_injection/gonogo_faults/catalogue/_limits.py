"""What faults on a container's limits have in common: set by the engine, read from the kernel."""

import contextlib
from abc import abstractmethod
from collections.abc import Sequence

from gonogo.vocabulary import Capability, EnvironmentFailed, Evidence, System
from gonogo_faults.catalogue._container import ContainerFault
from gonogo_faults.mechanisms import running_container, set_limits
from gonogo_faults.undo import ContainerLimit, RestoreContainerLimits

_ROUNDS_MAX = 10
_NONE = -1


class LimitFault(ContainerFault):
    """A fault that lowers one limit of the selected services' containers.

    The engine sets the limit, so access to the engine is enough. It is observed by files of the
    kernel that every user may read.
    """

    needs = frozenset({Capability.LIMITS, Capability.START})
    needs_root = False

    def __init__(self, parameters: dict[str, float]) -> None:
        super().__init__(parameters)
        self._lowered: dict[str, tuple[str, int]] = {}
        self._kernel_before: dict[str, str] = {}
        # By main process: a container that is started again counts from zero.
        self._counted_before: dict[int, int] = {}

    def plan(self, system: System, services: Sequence[str]) -> RestoreContainerLimits:
        """Look up each limit as it is."""
        before = []
        for service in services:
            container = running_container(system.run, service)
            name, value = self._lower(system, service)
            self._lowered[service] = name, value
            self._kernel_before[service] = self._in_kernel(container.pid)
            before.append(ContainerLimit(service, name, container.limits[name] or _NONE))
        return RestoreContainerLimits(system.run, tuple(before))

    def _apply(self, system: System, service: str) -> None:
        container = running_container(system.run, service)
        for last in [False] * (_ROUNDS_MAX - 1) + [True]:
            name, value = self._lowered[service]
            try:
                set_limits(container, {name: value})
                break
            except EnvironmentFailed:
                # The service uses more than when this was planned: a lower limit is refused.
                self._lowered[service] = self._lower(system, service)
                if last or self._lowered[service] == (name, value):
                    raise
        # A process that the limit ended at once has no counters any more.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            self._counted_before[container.pid] = self._counted(container.pid)

    def _grown(self, pid: int) -> int:
        """How often the kernel has enforced it since it was armed."""
        return self._counted(pid) - self._counted_before.get(pid, 0)

    def _recovered(self, system: System, service: str) -> Evidence:
        try:
            now = self._in_kernel(running_container(system.run, service).pid)
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
