"""restart: a service is asked to end and comes back, as in a deploy or a node drain.

Mechanism: SIGTERM to the main process; SIGKILL when it has not ended after ``grace_s``, as
``docker restart`` does.
Parameter: ``grace_s``, 10 s by default.
Proof of bite: the signal reached its process, which is gone, and its port refuses, or another one
runs in its place, or the supervisor reports the service as down. The evidence says how long it took
to end.
Undo: the service is started, unless its restart policy has done so.
Backends: process, docker.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from signal import SIGKILL, SIGTERM
from typing import Any, ClassVar

from gonogo.linux import signal_identity, wait_for_exits
from gonogo.vocabulary import Capability, Evidence, ProcessIdentity, Selects, System, UsageError
from gonogo_faults.catalogue._evidence import all_of
from gonogo_faults.catalogue._replaced import is_back, is_gone, listening
from gonogo_faults.undo import StartServices

_KILL_S_MAX = 2.0


@dataclass(slots=True)
class Restart:
    """SIGTERM the selected services.

    Args:
        grace_s: how long they may take to end.

    Raises:
        UsageError: the grace is not above 0.
    """

    grace_s: float = 10.0
    name: str = field(default="restart", init=False)
    selects: Selects = field(default="services", init=False)
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.SIGNAL, Capability.START})
    parameters: Mapping[str, Any] = field(init=False)
    _mains: dict[str, list[ProcessIdentity]] = field(default_factory=dict, init=False)
    _listening: dict[str, list[int]] = field(default_factory=dict, init=False)
    _endings: dict[str, str] = field(default_factory=dict, init=False)
    _missed: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        if not self.grace_s > 0:
            raise UsageError(
                f"restart cannot have a grace_s of {self.grace_s!r}",
                where="fault restart",
                hint="seconds, more than 0",
            )
        self.parameters = {"grace_s": self.grace_s}

    def plan(self, system: System, services: Sequence[str]) -> StartServices:
        """Note the main processes; a service that stays down is started."""
        for service in services:
            self._mains[service] = list(system.processes(service))[:1]
            self._listening[service] = listening(system, service)
        return StartServices(tuple(services), start=tuple(services))

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Ask all to end, then wait for each."""
        began = time.monotonic()
        for service in services:
            mains = self._mains[service]
            reached = [signal_identity(main, SIGTERM) for main in mains]
            if mains and not any(reached):
                self._missed.add(service)
        for service in services:
            left_s = max(self.grace_s - (time.monotonic() - began), 0.0)
            if wait_for_exits(self._mains[service], left_s):
                self._endings[service] = f"ended {time.monotonic() - began:.2f} s after SIGTERM"
                continue
            for main in self._mains[service]:
                signal_identity(main, SIGKILL)
            wait_for_exits(self._mains[service], _KILL_S_MAX)
            self._endings[service] = f"ignored SIGTERM for {self.grace_s:g} s, killed"

    def observe(self, system: System, services: Sequence[str]) -> Evidence:
        """Each service's process is gone, and evidence other than /proc agrees."""
        return all_of(services, lambda each: self._observe(system, each))

    def prove_absent(self, system: System, services: Sequence[str]) -> Evidence:
        """Another process runs in its place and the service is ready."""
        return all_of(services, lambda each: is_back(system, each, self._mains[each]))

    def _observe(self, system: System, service: str) -> Evidence:
        if service in self._missed:
            return Evidence(False, f"{service} had ended by itself")
        look = is_gone(system, service, self._mains[service], self._listening[service])
        ending = self._endings.get(service, "was not asked")
        return Evidence(look.holds, f"{look.what}, {ending}")
