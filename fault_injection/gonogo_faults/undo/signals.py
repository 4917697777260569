"""Sending a signal that takes an earlier one back, such as SIGCONT after SIGSTOP."""

from dataclasses import dataclass
from signal import Signals

from gonogo.linux import signal_identity
from gonogo.vocabulary import ProcessIdentity, Resource, System


@dataclass(frozen=True, slots=True)
class SendSignal:
    """Signal the processes of services.

    Attributes:
        signal: name of the signal, such as ``SIGCONT``.
        processes: those that ran when the fault was planned.
        services: whose they are; what these have started since gets the signal too.
    """

    signal: str
    processes: tuple[ProcessIdentity, ...]
    services: tuple[str, ...]

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The processes of each service."""
        return tuple(("processes", each) for each in self.services)

    def execute(self, system: System | None) -> None:
        """Signal the same processes, where they still run, and those that they started since."""
        since = [
            each for name in self.services for each in (system.processes(name) if system else ())
        ]
        for identity in {*self.processes, *since}:
            signal_identity(identity, Signals[self.signal])
