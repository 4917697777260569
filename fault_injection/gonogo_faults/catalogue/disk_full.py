"""disk-full: nothing more can be written where a service keeps its files.

Mechanism: a ballast file takes all free space, page by page, through ``/proc/PID/root``. Only
on a small file system of the service's own (a ``tmpfs`` with a size, a small volume): a disk
that this machine or another container uses too is never filled.
Parameter: ``path``, the directory as the service names it.
Proof of bite: a canary file there is refused with ``ENOSPC``.
Undo: the ballast file is removed. Where a restart empties the file system it is gone already.
Proof of absence: the canary file can be written, the service is ready.
Backends: docker, as root.
Source: tmpfs(5), proc_pid_root(5).
"""

import errno
from collections.abc import Sequence

from gonogo.vocabulary import System
from gonogo_faults.catalogue._disk import DiskFault
from gonogo_faults.mechanisms import fill, mount_of, running_container
from gonogo_faults.undo import Ballast, RemoveBallast

_MIB = 1024 * 1024
SIZE_MIB_MAX = 512


class DiskFull(DiskFault):
    """Fill the file system that a directory of the selected services is on.

    Args:
        path: the directory.

    Raises:
        UsageError: it is not absolute.
    """

    name = "disk-full"
    error = errno.ENOSPC

    def _unfit(self, system: System, service: str) -> str:
        try:
            found = mount_of(running_container(system.run, service).pid, self._path)
        except OSError as error:
            return f"{self._path} of service {service} cannot be filled: {error.strerror}"
        if not found.own:
            return f"{self._path} of service {service} is no file system of its own"
        if found.size_bytes > SIZE_MIB_MAX * _MIB:
            size = found.size_bytes // _MIB
            return f"{self._path} of service {service} has {size} MiB, above {SIZE_MIB_MAX}"
        return ""

    def plan(self, system: System, services: Sequence[str]) -> RemoveBallast:
        """Name the file."""
        files = tuple(Ballast(service, self._path, self._mark) for service in services)
        return RemoveBallast(system.run, files)

    def _apply(self, system: System, service: str) -> None:
        pid = running_container(system.run, service).pid
        fill(pid, self._path, self._mark, SIZE_MIB_MAX * _MIB)
