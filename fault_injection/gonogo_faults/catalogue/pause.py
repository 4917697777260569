"""pause: a service freezes with its connections open, as in a long garbage collection.

Mechanism: SIGSTOP to each of its processes; the kernel goes on accepting connections for it.
Proof of bite: every process is in state T in ``/proc/PID/stat``, and a canary agrees: the port
that answered just before is silent, or, where no port answered, no CPU time is used any more.
Undo: SIGCONT, to those stopped and to what they may have forked in between.
Backends: process, docker (as root, with an engine of this machine).
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from gonogo.linux import ProcessStat, read_stat
from gonogo.vocabulary import Capability, Evidence, ProcessIdentity, Selects, System
from gonogo_faults.catalogue._evidence import all_of
from gonogo_faults.catalogue._stopping import stop_all
from gonogo_faults.mechanisms import answering, answers
from gonogo_faults.undo import SendSignal

_CANARY_S = 0.25
# More than two clock ticks: over a shorter time a busy process shows no CPU time either.
_CPU_APART_S = 0.05


@dataclass(slots=True)
class Pause:
    """SIGSTOP the selected services."""

    name: str = field(default="pause", init=False)
    selects: Selects = field(default="services", init=False)
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.SIGNAL})
    parameters: Mapping[str, Any] = field(default_factory=dict, init=False)
    _canaries: dict[str, tuple[str, int] | None] = field(default_factory=dict, init=False)
    _cpu: dict[str, tuple[float, int]] = field(default_factory=dict, init=False)

    def plan(self, system: System, services: Sequence[str]) -> SendSignal:
        """Note the processes, and a port through which each service answers now."""
        found: list[ProcessIdentity] = []
        for service in services:
            found += system.processes(service)
            # A service that is stopped already never answers: no need to wait for that.
            is_stopped = all(stat.stopped for stat in _stats(system, service))
            ports = [] if is_stopped else system.ports(service)
            self._canaries[service] = answering([system.address(service, each) for each in ports])
        return SendSignal("SIGCONT", tuple(found), tuple(services))

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Stop all processes of each service."""
        for service in services:
            stop_all(system, service)

    def observe(self, system: System, services: Sequence[str]) -> Evidence:
        """Each service's processes are stopped, and its canary is silent."""
        return all_of(services, lambda each: self._observe(system, each))

    def prove_absent(self, system: System, services: Sequence[str]) -> Evidence:
        """No process is stopped, each service is ready, and its canary is answered again."""
        return all_of(services, lambda each: self._recovered(system, each))

    def _observe(self, system: System, service: str) -> Evidence:
        stats = _stats(system, service)
        running = [stat.pid for stat in stats if not stat.stopped]
        if running or not stats:
            what = f"pid {running} runs" if running else "is down"
            return Evidence(False, f"{service}: {what}")
        stopped = f"{service}: pid {', '.join(str(stat.pid) for stat in stats)} in state T"
        canary = self._canaries[service]
        if canary is not None:
            if answers(canary, _CANARY_S):
                return Evidence(False, f"{stopped}, but {canary[0]}:{canary[1]} answers")
            return Evidence(True, f"{stopped}, port silent for {_CANARY_S:g} s")
        return self._observe_cpu(service, stopped, sum(stat.cpu_ticks for stat in stats))

    def _observe_cpu(self, service: str, stopped: str, ticks: int) -> Evidence:
        now = time.monotonic()
        since, before = self._cpu.setdefault(service, (now, ticks))
        if ticks != before:
            self._cpu[service] = now, ticks
            return Evidence(False, f"{stopped}, but it used {ticks - before} ticks of CPU time")
        if now - since < _CPU_APART_S:
            return Evidence(False, f"{stopped}, CPU time looked at once so far")
        return Evidence(True, f"{stopped}, no CPU time used for {now - since:.2f} s")

    def _recovered(self, system: System, service: str) -> Evidence:
        stats = _stats(system, service)
        stopped = [stat.pid for stat in stats if stat.stopped]
        if stopped or not stats:
            what = f"pid {stopped} in state T" if stopped else "is down"
            return Evidence(False, f"{service}: {what}")
        canary = self._canaries[service]
        if canary is not None and not answers(canary, _CANARY_S):
            return Evidence(False, f"{service}: no process stopped, but the port is silent")
        if not system.is_ready(service):
            return Evidence(False, f"{service}: no process stopped, but it is not ready")
        return Evidence(True, f"{service}: no process stopped, ready")


def _stats(system: System, service: str) -> list[ProcessStat]:
    found = [read_stat(each.pid) for each in system.processes(service)]
    return [stat for stat in found if stat is not None and not stat.dead]
