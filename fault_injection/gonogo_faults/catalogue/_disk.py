"""What faults on a service's disk have in common: the path, and a canary file."""

import os
import time
from pathlib import PurePosixPath

from gonogo.vocabulary import Capability, Evidence, System, UsageError
from gonogo_faults.catalogue._container import ContainerFault
from gonogo_faults.mechanisms import canary_error, running_container

# Larger than what a file system may store in the inode itself.
_CANARY_BYTES = 8192


class DiskFault(ContainerFault):
    """A fault on one directory of the selected services.

    Args:
        path: the directory as the service names it.

    Raises:
        UsageError: it is not absolute, or has dots in it.
    """

    needs = frozenset({Capability.MOUNTS})

    error: int

    def __init__(self, path: str) -> None:
        if not path.startswith("/") or ".." in PurePosixPath(path).parts:
            raise UsageError(
                f"{self.name} cannot have path {path!r}",
                where=f"fault {self.name}",
                hint="a directory as the service names it, such as /data",
            )
        super().__init__({"path": path})
        self._path = str(PurePosixPath(path))
        self._mark = f".gonogo-{self.name}-{time.monotonic_ns():x}"

    def _canary_error(self, system: System, service: str) -> int:
        """The errno that writing a canary file gives, 0 for none."""
        pid = running_container(system.run, service).pid
        return canary_error(pid, self._path, f"{self._mark}-canary", _CANARY_BYTES)

    def _observe(self, system: System, service: str) -> Evidence:
        said = self._canary_error(system, service)
        heard = os.strerror(said) if said else "could be written"
        return Evidence(said == self.error, f"{service}: {self._path}: a canary file {heard!r}")

    def _recovered(self, system: System, service: str) -> Evidence:
        said = self._canary_error(system, service)
        if said:
            what = f"{service}: {self._path}: a canary file got {os.strerror(said)!r}"
            return Evidence(False, what)
        if not system.is_ready(service):
            return Evidence(False, f"{service}: {self._path} can be written, but it is not ready")
        return Evidence(True, f"{service}: {self._path} can be written, ready")
