"""kill: a process ends without warning, as by the OOM killer or a lost machine.

Mechanism: SIGKILL through a pidfd, pid and start time verified (``pidfd_send_signal(2)``).
Parameter ``scope``: ``main`` kills the main process, and the supervisor ends what it leaves
behind, as the end of a container does; ``service`` kills all its processes at once.
Proof of bite: the signal reached its process, the processes are gone and their port refuses
connections, or the supervisor runs another process in their place, or reports the service as down.
Undo: where no restart policy brings the service back, it is started.
Backends: process, docker (as root, with an engine of this machine).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from signal import SIGKILL
from typing import Any, ClassVar

from gonogo.linux import signal_identity
from gonogo.vocabulary import Capability, Evidence, ProcessIdentity, Selects, System, UsageError
from gonogo_faults.catalogue._evidence import all_of
from gonogo_faults.catalogue._replaced import is_back, is_gone, listening
from gonogo_faults.undo import StartServices

SCOPES = ("main", "service")


@dataclass(slots=True)
class Kill:
    """SIGKILL the selected services.

    Args:
        scope: ``main`` or ``service``.

    Raises:
        UsageError: there is no such scope.
    """

    scope: str = "main"
    name: str = field(default="kill", init=False)
    selects: Selects = field(default="services", init=False)
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.SIGNAL, Capability.START})
    parameters: Mapping[str, Any] = field(init=False)
    _victims: dict[str, list[ProcessIdentity]] = field(default_factory=dict, init=False)
    _listening: dict[str, list[int]] = field(default_factory=dict, init=False)
    _missed: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        if self.scope not in SCOPES:
            raise UsageError(
                f"kill has no scope {self.scope!r}", where="fault kill", alternatives=SCOPES
            )
        self.parameters = {"scope": self.scope}

    def plan(self, system: System, services: Sequence[str]) -> StartServices:
        """Choose the processes; services without a restart policy will have to be started."""
        self._listening = {each: listening(system, each) for each in services}
        for service in services:
            found = list(system.processes(service))
            self._victims[service] = found[:1] if self.scope == "main" else found
        # Where a restart policy acts after a kill, it does the restart.
        start = tuple(each for each in services if not system.restarts_itself(each))
        return StartServices(tuple(services), start)

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Kill them, descendants first, so that the main process cannot react to their end."""
        for service in services:
            victims = self._victims[service]
            reached = [signal_identity(victim, SIGKILL) for victim in reversed(victims)]
            if victims and not any(reached):
                self._missed.add(service)

    def observe(self, system: System, services: Sequence[str]) -> Evidence:
        """The processes are gone, and evidence other than /proc agrees."""
        return all_of(services, lambda service: self._observe(system, service))

    def prove_absent(self, system: System, services: Sequence[str]) -> Evidence:
        """Another process runs in its place and the service is ready."""
        return all_of(services, lambda service: is_back(system, service, self._victims[service]))

    def _observe(self, system: System, service: str) -> Evidence:
        if service in self._missed:
            return Evidence(False, f"{service} had ended by itself")
        return is_gone(system, service, self._victims[service], self._listening[service])
