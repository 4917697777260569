"""kill-worker: one of a service's workers ends without warning, and its main process stays.

Mechanism: SIGKILL through a pidfd to a process that another process of the service has started
and that has no children of its own, the oldest one. The main process is never chosen: neither the
first process of a container nor the program that the container's init runs.
Proof of bite: the signal reached that process, it is gone, and the main process is the one from
before.
Undo: none, since the service has to replace its worker; a service that ended because of it and that
no policy restarts is started.
Proof of absence: the service has as many workers as before, and is ready.
Backends: process, docker (as root, with an engine of this machine).
Source: ``pidfd_send_signal(2)``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from signal import SIGKILL
from types import MappingProxyType
from typing import Any, ClassVar

from gonogo.linux import is_alive, program_name, read_stat, signal_identity
from gonogo.vocabulary import Capability, Evidence, ProcessIdentity, Selects, System
from gonogo_faults.catalogue._evidence import all_of
from gonogo_faults.undo import StartServices

_INITS = ("docker-init", "tini", "dumb-init", "catatonit")


@dataclass(frozen=True, slots=True)
class _Family:
    """A service's main process and its workers, before."""

    main: ProcessIdentity
    workers: tuple[ProcessIdentity, ...]


@dataclass(slots=True)
class KillWorker:
    """SIGKILL one worker of each selected service."""

    name: str = field(default="kill-worker", init=False)
    selects: Selects = field(default="services", init=False)
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.SIGNAL})
    parameters: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), init=False)
    _before: dict[str, _Family] = field(default_factory=dict, init=False)
    _missed: set[str] = field(default_factory=set, init=False)

    def lacking(self, system: System, services: Sequence[str]) -> str:
        """Why it cannot be injected here, ``""`` when it can."""
        without = [each for each in services if _family(system, each) is None]
        return f"service {without[0]} has no workers" if without else ""

    def plan(self, system: System, services: Sequence[str]) -> StartServices:
        """Choose the worker of each service."""
        for service in services:
            family = _family(system, service)
            if family is not None:
                self._before[service] = family
        return StartServices(tuple(services), start=tuple(services))

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Kill one worker of each."""
        for service, family in self._before.items():
            if not signal_identity(family.workers[0], SIGKILL):
                self._missed.add(service)

    def observe(self, system: System, services: Sequence[str]) -> Evidence:
        """Each worker is gone, and each main process still runs."""
        return all_of(services, self._observe)

    def prove_absent(self, system: System, services: Sequence[str]) -> Evidence:
        """Each service has its workers again."""
        return all_of(services, lambda service: self._recovered(system, service))

    def _observe(self, service: str) -> Evidence:
        family = self._before.get(service)
        if family is None:
            return Evidence(False, f"{service} had no workers")
        victim, main = family.workers[0], family.main
        if service in self._missed:
            return Evidence(False, f"{service}: worker pid {victim.pid} had ended by itself")
        if is_alive(victim):
            return Evidence(False, f"{service}: worker pid {victim.pid} still runs")
        if not is_alive(main):
            return Evidence(False, f"{service}: main pid {main.pid} ended too")
        what = f"one of {len(family.workers)} workers, pid {victim.pid}, gone"
        return Evidence(True, f"{service}: {what}, main pid {main.pid} runs")

    def _recovered(self, system: System, service: str) -> Evidence:
        before, now = self._before.get(service), _family(system, service)
        wanted = len(before.workers) if before else 0
        there = len(now.workers) if now else 0
        if there < wanted:
            return Evidence(False, f"{service}: {there} of {wanted} workers")
        if not system.is_ready(service):
            return Evidence(False, f"{service}: {there} workers, but it is not ready")
        return Evidence(True, f"{service}: {there} workers, ready")


def _family(system: System, service: str) -> _Family | None:
    """Main process and workers; None for a service without workers."""
    everyone = list(system.processes(service))
    while everyone and _is_init(everyone[0]):
        everyone = everyone[1:]
    if not everyone:
        return None
    stats = [read_stat(each.pid) for each in everyone]
    parents = {stat.parent for stat in stats if stat is not None}
    workers = tuple(each for each in everyone[1:] if each.pid not in parents)
    return _Family(everyone[0], workers) if workers else None


def _is_init(identity: ProcessIdentity) -> bool:
    return program_name(identity.pid) in _INITS
