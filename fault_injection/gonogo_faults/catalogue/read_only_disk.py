"""read-only-disk: what a service writes is refused, as after an error of the disk.

Mechanism: the mount is made read-only in the container's mount namespace (``setns(2)``, then
``mount(2)`` with MS_REMOUNT and MS_BIND), so that only this service is affected. The kernel refuses
while a file there is open for writing: then it counts as not tested.
Parameter: ``path``, a mount point as the service names it.
Proof of bite: a canary file there is refused with ``EROFS``.
Undo: the mount is made writable. A container that is started again has it writable anyway.
Proof of absence: the canary file can be written, the service is ready.
Backends: docker, as root.
Source: mount(2), mount_namespaces(7).
"""

import errno
from collections.abc import Sequence

from gonogo.vocabulary import System
from gonogo_faults.catalogue._disk import DiskFault
from gonogo_faults.mechanisms import is_mount_point, mount_of, remount, running_container, writer_of
from gonogo_faults.undo import MakeMountsWritable, ServiceMount


class ReadOnlyDisk(DiskFault):
    """Make a mount of the selected services read-only.

    Args:
        path: the mount point.

    Raises:
        UsageError: it is not absolute.
    """

    name = "read-only-disk"
    error = errno.EROFS

    def _unfit(self, system: System, service: str) -> str:
        pid = running_container(system.run, service).pid
        if not is_mount_point(pid, self._path):
            return f"{self._path} of service {service} is no mount point"
        if mount_of(pid, self._path).read_only:
            return f"{self._path} of service {service} is read-only anyway"
        writer = writer_of([pid, *(each.pid for each in system.processes(service))], self._path)
        if writer is not None:
            return f"pid {writer} of service {service} has a file in {self._path} open for writing"
        return ""

    def plan(self, system: System, services: Sequence[str]) -> MakeMountsWritable:
        """Name the mounts."""
        mounts = tuple(ServiceMount(service, self._path) for service in services)
        return MakeMountsWritable(system.run, mounts)

    def _apply(self, system: System, service: str) -> None:
        remount(running_container(system.run, service).pid, self._path, read_only=True)
