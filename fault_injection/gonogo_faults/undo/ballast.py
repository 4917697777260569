"""Removing the files with which a fault has filled file systems."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from gonogo.vocabulary import Resource, System
from gonogo_faults.mechanisms import remove_file, running_containers


@dataclass(frozen=True, slots=True)
class Ballast:
    """A file that takes all space that is left.

    Attributes:
        service: in whose container it is.
        directory: where, as the service names it.
        name: its name, which no other arming has.
    """

    service: str
    directory: str
    name: str


@dataclass(frozen=True, slots=True)
class RemoveBallast:
    """Remove ballast files.

    Attributes:
        run: run id of the containers.
        files: the files.
    """

    run: str
    files: tuple[Ballast, ...]

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Each directory of each service, and what is below it."""
        return tuple(
            ("directory", each.service, *PurePosixPath(each.directory).parts) for each in self.files
        )

    def execute(self, system: System | None) -> None:
        """Remove each file where it is."""
        for each in self.files:
            for container in running_containers(self.run, each.service):
                remove_file(container.pid, each.directory, each.name)
