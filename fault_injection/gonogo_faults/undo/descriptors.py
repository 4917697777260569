"""Restoring the limits on open files of processes."""

from dataclasses import dataclass

from gonogo.vocabulary import ProcessIdentity, Resource, System
from gonogo_faults.mechanisms import restore_limit
from gonogo_faults.undo.starts import start_what_stays_down


@dataclass(frozen=True, slots=True)
class ProcessLimit:
    """The soft limit of one process.

    Attributes:
        process: the process.
        soft: below this number all its descriptors are.
    """

    process: ProcessIdentity
    soft: int


@dataclass(frozen=True, slots=True)
class ServiceLimit:
    """The soft limit that new processes of a service get.

    Attributes:
        service: name of the service.
        soft: below this number all descriptors of a process are.
    """

    service: str
    soft: int


@dataclass(frozen=True, slots=True)
class RestoreDescriptorLimits:
    """Set limits as they were, and start the services that ended at the lower limit.

    Attributes:
        processes: those that ran when the fault was planned.
        services: whose they are; what these have started since gets the limit given here.
    """

    processes: tuple[ProcessLimit, ...]
    services: tuple[ServiceLimit, ...]

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The limit of each service."""
        return tuple(("limits", each.service, "descriptors") for each in self.services)

    def execute(self, system: System | None) -> None:
        """Restore the limit of each process that still runs; start the services that stay down."""
        limits = {
            process: each.soft
            for each in self.services
            for process in (system.processes(each.service) if system else ())
        }
        limits |= {each.process: each.soft for each in self.processes}
        for process, soft in limits.items():
            restore_limit(process, soft)
        start_what_stays_down(system, [each.service for each in self.services])
