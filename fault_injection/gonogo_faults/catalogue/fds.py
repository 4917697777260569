"""fds: a service can open no more files or connections, as after a leak of descriptors.

Mechanism: ``prlimit(2)`` sets the soft limit of each of its processes so that ``headroom``
numbers below it are free: the kernel limits the numbers, and some of them may be unused. A process
that closes a file gets its limit lowered again.
Parameter: ``headroom``, how many each may still open.
Proof of bite: no process has more than that left, and the port that answered just before is
silent, where there is one; or all that were at the limit have ended since.
Undo: the limits from before, for those processes and for what they have started since; a service
that ended at the limit and that no policy restarts is started.
Proof of absence: every process has its limit back, the port answers, the service is ready.
Backends: process, docker (as root).
Source: prlimit(2), proc_pid_fd(5).
"""

import threading
from collections.abc import Sequence

from gonogo.linux import is_alive
from gonogo.vocabulary import (
    Capability,
    EnvironmentFailed,
    Evidence,
    ProcessIdentity,
    System,
    UsageError,
)
from gonogo_faults.catalogue._service_fault import ServiceFault
from gonogo_faults.mechanisms import (
    answering,
    answers,
    limit_that_leaves,
    lower_limit,
    set_limit_anew,
    soft_limit,
)
from gonogo_faults.undo import ProcessLimit, RestoreDescriptorLimits, ServiceLimit

_CANARY_S = 0.25
_LOOK_EVERY_S = 0.05
_STOP_S_MAX = 15.0


class Fds(ServiceFault):
    """Let each process of the selected services open ``headroom`` more files.

    Args:
        headroom: how many.

    Raises:
        UsageError: it is negative or no whole number.
    """

    name = "fds"
    needs = frozenset({Capability.SIGNAL, Capability.START})

    def __init__(self, headroom: int = 0) -> None:
        if headroom != int(headroom) or headroom < 0:
            raise UsageError(
                f"fds cannot have headroom {headroom!r}",
                where="fault fds",
                hint="a whole number, 0 or more",
            )
        super().__init__({"headroom": headroom})
        self._headroom = headroom
        self._canaries: dict[str, tuple[str, int] | None] = {}
        self._victims: dict[str, list[ProcessIdentity]] = {}
        self._limits: dict[ProcessIdentity, int] = {}
        self._usual: dict[str, int] = {}
        self._reached: set[ProcessIdentity] = set()
        self._over = threading.Event()
        self._holder: threading.Thread | None = None

    def lacking(self, system: System, services: Sequence[str]) -> str:
        """Why it cannot be injected here, ``""`` when it can."""
        for each in (process for service in services for process in system.processes(service)):
            try:
                set_limit_anew(each.pid)
            except PermissionError:
                return f"not even root may change the limits of pid {each.pid} on this machine"
            except ProcessLookupError:
                continue  # it has ended meanwhile
        return ""

    def plan(self, system: System, services: Sequence[str]) -> RestoreDescriptorLimits:
        """Note every process and its limit, and a port through which each service answers now."""
        for service in services:
            found = [each for each in system.processes(service) if is_alive(each)]
            if not found:
                raise EnvironmentFailed(f"service {service} is down", where="fault fds")
            self._victims[service] = found
            self._limits |= {each: soft_limit(each.pid) for each in found}
            self._usual[service] = self._limits[found[0]]
            addresses = [system.address(service, port) for port in system.ports(service)]
            self._canaries[service] = answering(addresses)
        return RestoreDescriptorLimits(
            tuple(ProcessLimit(each, soft) for each, soft in self._limits.items()),
            tuple(ServiceLimit(each, soft) for each, soft in self._usual.items()),
        )

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Lower the limit of every process, and again when it closes a file; never raise it."""
        # Here and not in the thread: when arm() returns, the limits apply.
        self._reached = {each for each in self._limits if lower_limit(each, self._headroom)}
        self._holder = threading.Thread(target=self._hold, name="fds", daemon=True)
        self._holder.start()

    def stop(self) -> None:
        """Lower no more limits."""
        self._over.set()
        if self._holder is not None:
            self._holder.join(_STOP_S_MAX)

    def _hold(self) -> None:
        while not self._over.wait(_LOOK_EVERY_S):
            for each in self._limits:
                lower_limit(each, self._headroom)

    def _observe(self, system: System, service: str) -> Evidence:
        victims = self._victims[service]
        if self._reached.issuperset(victims) and not any(is_alive(each) for each in victims):
            ended = ", ".join(str(each.pid) for each in victims)
            return Evidence(True, f"{service}: pid {ended} ended at the limit")
        pids = [each.pid for each in system.processes(service)]
        free = [pid for pid in pids if soft_limit(pid) > limit_that_leaves(self._headroom, pid)]
        if free or not pids:
            what = f"pid {free} may open more" if free else "is down"
            return Evidence(False, f"{service}: {what}")
        what = f"{service}: pid {', '.join(str(pid) for pid in pids)} at the limit"
        canary = self._canaries[service]
        if canary is None:
            return Evidence(True, f"{what}, no port to ask")
        silent = not answers(canary, _CANARY_S)
        return Evidence(silent, f"{what}, port {'silent' if silent else 'answers'}")

    def _recovered(self, system: System, service: str) -> Evidence:
        for each in system.processes(service):
            if soft_limit(each.pid) < self._limits.get(each, self._usual[service]):
                return Evidence(False, f"{service}: pid {each.pid} has not its limit back")
        canary = self._canaries[service]
        if canary is not None and not answers(canary, _CANARY_S):
            return Evidence(False, f"{service}: limits as before, but the port is silent")
        if not system.is_ready(service):
            return Evidence(False, f"{service}: limits as before, but it is not ready")
        return Evidence(True, f"{service}: limits as before, ready")
