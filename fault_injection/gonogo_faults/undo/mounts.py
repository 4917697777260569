"""Making mounts writable that a fault has made read-only."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from gonogo.vocabulary import Resource, System
from gonogo_faults.mechanisms import remount, running_containers


@dataclass(frozen=True, slots=True)
class ServiceMount:
    """A mount in a service's container.

    Attributes:
        service: whose container.
        path: mount point, as the service names it.
    """

    service: str
    path: str


@dataclass(frozen=True, slots=True)
class MakeMountsWritable:
    """Remount as writable.

    Attributes:
        run: run id of the containers.
        mounts: those that are read-only.
    """

    run: str
    mounts: tuple[ServiceMount, ...]

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Each directory of each service, and what is below it."""
        return tuple(
            ("directory", each.service, *PurePosixPath(each.path).parts) for each in self.mounts
        )

    def execute(self, system: System | None) -> None:
        """Remount each one in the container that runs now; a new container has a writable mount."""
        for each in self.mounts:
            for container in running_containers(self.run, each.service):
                remount(container.pid, each.path, read_only=False)
