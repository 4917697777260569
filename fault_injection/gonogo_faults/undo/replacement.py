"""Ending processes that a fault has stopped, so that new processes replace them."""

from dataclasses import dataclass
from signal import SIGKILL

from gonogo.linux import signal_identity
from gonogo.vocabulary import ProcessIdentity, Resource, System
from gonogo_faults.undo.starts import start_what_stays_down


@dataclass(frozen=True, slots=True)
class ReplaceProcesses:
    """Kill the processes of the fault, then start what stays down.

    Attributes:
        processes: those that must end.
        services: whose they are.
        start: those of the services that are started when they stay down.
    """

    processes: tuple[ProcessIdentity, ...]
    services: tuple[str, ...]
    start: tuple[str, ...]

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The processes of each service."""
        return tuple(("processes", each) for each in self.services)

    def execute(self, system: System | None) -> None:
        """Kill and start."""
        for each in self.processes:
            signal_identity(each, SIGKILL)
        start_what_stays_down(system, self.start)
