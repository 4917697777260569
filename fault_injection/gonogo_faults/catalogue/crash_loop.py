"""crash-loop: a service ends again each time it comes up, as with a broken configuration.

Mechanism: SIGKILL to the main process, and to each one that a restart policy puts in its place,
as soon as it is seen; the delays of the policy grow meanwhile. A thread of the harness does it:
when the harness dies, the loop ends.
Proof of bite: at least two different main processes were killed, none of them lives, and the
port refuses, or the supervisor reports the service as down or as another process.
Undo: the loop ends; the policy brings the service back, after the rest of its delay, or the
service is started.
Backends: process, docker (as root, with an engine of this machine). Only services with a restart
policy: without one there is no loop, and ``kill`` is the fault to use.
Source: ``pidfd_send_signal(2)``; delays: moby ``restartmanager``.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from signal import SIGKILL
from types import MappingProxyType
from typing import Any, ClassVar

from gonogo.linux import signal_identity
from gonogo.vocabulary import Capability, Evidence, HarnessError, ProcessIdentity, Selects, System
from gonogo_faults.catalogue._evidence import all_of
from gonogo_faults.catalogue._replaced import is_back, is_gone, listening
from gonogo_faults.undo import StartServices

_LOOK_EVERY_S = 0.05
_STOP_S_MAX = 5.0
_LOOP_MIN = 2


@dataclass(slots=True)
class CrashLoop:
    """SIGKILL the selected services each time they come up."""

    name: str = field(default="crash-loop", init=False)
    selects: Selects = field(default="services", init=False)
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.SIGNAL, Capability.START})
    parameters: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), init=False)
    _victims: dict[str, dict[ProcessIdentity, None]] = field(default_factory=dict, init=False)
    _listening: dict[str, list[int]] = field(default_factory=dict, init=False)
    _over: threading.Event = field(default_factory=threading.Event, init=False)
    _killer: threading.Thread | None = field(default=None, init=False)

    def lacking(self, system: System, services: Sequence[str]) -> str:
        """Why it cannot be injected here, ``""`` when it can."""
        staying = [each for each in services if not system.restarts_itself(each)]
        return f"no restart policy brings service {staying[0]} back" if staying else ""

    def plan(self, system: System, services: Sequence[str]) -> StartServices:
        """A service that is down when the loop has ended, and stays down, is started."""
        self._listening = {each: listening(system, each) for each in services}
        self._victims = {each: {} for each in services}
        return StartServices(tuple(services), start=tuple(services))

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Kill each process that comes up, until the loop is stopped."""
        self._killer = threading.Thread(
            target=self._kill, args=(system, services), name="crash-loop", daemon=True
        )
        self._killer.start()

    def observe(self, system: System, services: Sequence[str]) -> Evidence:
        """Each service was killed more than once, and evidence other than /proc agrees."""
        return all_of(services, lambda service: self._observe(system, service))

    def stop(self) -> None:
        """Kill no more processes."""
        self._over.set()
        if self._killer is not None:
            self._killer.join(_STOP_S_MAX)

    def prove_absent(self, system: System, services: Sequence[str]) -> Evidence:
        """A process that was not killed runs, and the service is ready."""
        return all_of(services, lambda each: is_back(system, each, self._victims[each]))

    def _kill(self, system: System, services: Sequence[str]) -> None:
        while not self._over.is_set():
            for service in services:
                try:
                    mains = system.processes(service)[:1]
                except HarnessError:  # the system ends
                    return
                for main in mains:
                    if not self._over.is_set() and signal_identity(main, SIGKILL):
                        self._victims[service][main] = None
            self._over.wait(_LOOK_EVERY_S)

    def _observe(self, system: System, service: str) -> Evidence:
        victims = list(self._victims[service])
        if len(victims) < _LOOP_MIN:
            return Evidence(False, f"{service} was killed {len(victims)} times")
        look = is_gone(system, service, victims, self._listening[service])
        return Evidence(look.holds, f"{look.what}; killed {len(victims)} times")
