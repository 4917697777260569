"""Ending the delays of disk syncs in preloaded services."""

from dataclasses import dataclass

from gonogo.vocabulary import Resource, System
from gonogo_faults.undo.preloaded import PreloadedService, opened


@dataclass(frozen=True, slots=True)
class EndSyncDelays:
    """Let syncs return when the kernel does.

    Attributes:
        services: the services.
    """

    services: tuple[PreloadedService, ...]

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The syncs of each service."""
        return tuple(("disk-syncs", each.service) for each in self.services)

    def execute(self, system: System | None) -> None:
        """End each delay."""
        for state in opened(self.services):
            state.delay_syncs(0)
