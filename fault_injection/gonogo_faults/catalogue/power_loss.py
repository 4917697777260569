"""power-loss: a service ends at once, and its files lose what was not synced to the disk.

Mechanism: its processes are stopped; each file that they append to and have synced at least once
is cut to the length it had when its last sync began; then SIGKILL. The lengths come from the
shared object the service was started with (``preload: true``). Files that are written in place,
never synced or no longer open stay as they are: a real loss of power may take more, never less.
Proof of bite: the signal reached them, they are gone (the same proof as for ``kill``), and each
such file was seen at that length.
Undo: processes that were stopped and not yet killed are killed; where no restart policy brings the
service back, it is started. What was cut stays cut.
Backends: process, docker (as root); programs linked to glibc.
Source: fsync(2), "Notes"; open(2), O_APPEND.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL
from types import MappingProxyType
from typing import Any, ClassVar

from gonogo.linux import as_root_where_refused, descriptors, signal_identity
from gonogo.services import PreloadState, open_preload
from gonogo.vocabulary import (
    Capability,
    EnvironmentFailed,
    Evidence,
    ProcessIdentity,
    Selects,
    System,
)
from gonogo_faults.catalogue._preloaded import not_preloaded, preload_of
from gonogo_faults.catalogue._stopping import stop_all, threads_stand_still
from gonogo_faults.catalogue.kill import Kill
from gonogo_faults.undo import ReplaceProcesses


@dataclass(frozen=True, slots=True)
class _Cut:
    file: str
    was_bytes: int
    synced_bytes: int
    now_bytes: int

    @property
    def holds(self) -> bool:
        """Whether it is as long as its last sync: another service may append to it too."""
        return self.now_bytes == self.synced_bytes

    def __str__(self) -> str:
        return f"{self.file} lost {self.was_bytes - self.now_bytes} of {self.was_bytes} bytes"


@dataclass(slots=True)
class PowerLoss:
    """Cut the power of the selected services."""

    name: str = field(default="power-loss", init=False)
    selects: Selects = field(default="services", init=False)
    needs: ClassVar[frozenset[Capability]] = frozenset(
        {Capability.SIGNAL, Capability.START, Capability.PRELOAD}
    )
    parameters: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), init=False)
    _kill: Kill = field(default_factory=lambda: Kill(scope="service"), init=False)
    _cuts: dict[str, list[_Cut]] = field(default_factory=dict, init=False)
    _missed: set[str] = field(default_factory=set, init=False)

    def lacking(self, system: System, services: Sequence[str]) -> str:
        """Why it cannot be injected here, ``""`` when it can."""
        return next(filter(None, (not_preloaded(system, each) for each in services)), "")

    def plan(self, system: System, services: Sequence[str]) -> ReplaceProcesses:
        """What is stopped must end; services without a restart policy will have to be started."""
        victims = tuple(each for name in services for each in system.processes(name))
        start = self._kill.plan(system, services).start
        return ReplaceProcesses(victims, tuple(services), start)

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Stop each service, cut its files, end it.

        Raises:
            EnvironmentFailed: a thread does not leave the kernel, or syncs were not recorded.
        """
        for service in services:
            victims = stop_all(system, service)
            try:
                self._cuts[service] = _cut_files(service, victims, preload_of(system, service))
            finally:  # after an error too, no process may stay stopped
                reached = [signal_identity(victim, SIGKILL) for victim in reversed(victims)]
                if not any(reached):
                    self._missed.add(service)

    def observe(self, system: System, services: Sequence[str]) -> Evidence:
        """The processes are gone, and the files were as long as at their last sync."""
        missed = [service for service in services if service in self._missed]
        if missed:
            return Evidence(False, f"{missed[0]} had ended by itself")
        gone = self._kill.observe(system, services)
        cuts = [each for service in services for each in self._cuts.get(service, [])]
        told = "; ".join(map(str, cuts)) or "nothing was cut: all that was appended had been synced"
        return Evidence(gone.holds and all(each.holds for each in cuts), f"{gone.what}; {told}")

    def prove_absent(self, system: System, services: Sequence[str]) -> Evidence:
        """Another process runs in its place and the service is ready."""
        return self._kill.prove_absent(system, services)


@as_root_where_refused
def _cut_files(service: str, victims: Sequence[ProcessIdentity], preload: Path) -> list[_Cut]:
    with open_preload(preload) as shared:
        return _cut_to_synced(service, victims, shared)


def _cut_to_synced(
    service: str, victims: Sequence[ProcessIdentity], shared: PreloadState
) -> list[_Cut]:
    busy = [each.pid for each in victims if not threads_stand_still(each.pid)]
    if busy:
        raise EnvironmentFailed(f"service {service}: pid {busy} does not stand still")
    if shared.unrecorded:
        raise EnvironmentFailed(f"service {service} syncs more files than can be followed")
    cuts: dict[tuple[int, int], _Cut] = {}
    for victim in victims:
        for descriptor in _appended(victim.pid):
            with _opened(descriptor) as fd:
                status = os.fstat(fd)
                synced = shared.synced_bytes(status)
                if synced is None or synced >= status.st_size:
                    continue
                os.ftruncate(fd, synced)
                name = Path(os.readlink(descriptor)).name
                cuts[status.st_dev, status.st_ino] = _Cut(
                    name, status.st_size, synced, os.fstat(fd).st_size
                )
    return list(cuts.values())


def _appended(pid: int) -> Iterator[str]:
    """Paths of a process' descriptors that append to a regular file."""
    for descriptor in descriptors(pid):
        if descriptor.appends and os.path.isfile(descriptor.path):
            yield descriptor.path


@contextmanager
def _opened(descriptor: str) -> Iterator[int]:
    fd = os.open(descriptor, os.O_WRONLY | os.O_CLOEXEC)
    try:
        yield fd
    finally:
        os.close(fd)
