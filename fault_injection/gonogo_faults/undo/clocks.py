"""Setting the wall clocks of preloaded services right."""

from dataclasses import dataclass

from gonogo.vocabulary import Resource, System
from gonogo_faults.undo.preloaded import PreloadedService, opened


@dataclass(frozen=True, slots=True)
class SetClocksRight:
    """Take offset and drift off the wall clocks of services.

    Attributes:
        services: the services.
    """

    services: tuple[PreloadedService, ...]

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The clock of each service."""
        return tuple(("clock", each.service) for each in self.services)

    def execute(self, system: System | None) -> None:
        """Set each clock."""
        for state in opened(self.services):
            state.set_clock(0, 0, 0)
