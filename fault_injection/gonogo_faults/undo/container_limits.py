"""Restoring the limits that the engine keeps for containers."""

from dataclasses import dataclass

from gonogo.vocabulary import Resource, System
from gonogo_faults.mechanisms import all_containers, set_limits
from gonogo_faults.undo.starts import start_what_stays_down, wait_until_ready_or_down


@dataclass(frozen=True, slots=True)
class ContainerLimit:
    """One limit of a service's container.

    Attributes:
        service: whose container.
        name: what the engine calls the limit, such as ``PidsLimit``.
        value: its value, -1 for no limit.
    """

    service: str
    name: str
    value: int


@dataclass(frozen=True, slots=True)
class RestoreContainerLimits:
    """Set limits as they were, and start the services that ended at the lower limit.

    Attributes:
        run: run id of the containers.
        before: the limits as they were.
    """

    run: str
    before: tuple[ContainerLimit, ...]

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Each limit of each service."""
        return tuple(("limits", each.service, each.name) for each in self.before)

    def execute(self, system: System | None) -> None:
        """Restore them in the containers that exist now; start the services that stay down."""
        for each in self.before:
            for container in all_containers(self.run, each.service):
                set_limits(container, {each.name: each.value})
        services = [each.service for each in self.before]
        # A service that the kernel is about to end still runs, and would not be started.
        wait_until_ready_or_down(system, services)
        start_what_stays_down(system, services)
