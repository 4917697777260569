"""What faults on services have in common whose journal says all that healing takes."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from gonogo.vocabulary import Evidence, Selects, System, Undo
from gonogo_faults.catalogue._looks import all_of
from gonogo_faults.catalogue._take_back import take_back


class ServiceFault(ABC):
    """A fault that is looked at service by service, and healed by carrying out its own undo.

    Attributes:
        name: name in the catalogue.
        selects: services.
        backends: both, where a fault does not say otherwise.
        parameters: what it was made with.
    """

    name: str
    selects: Selects = "services"
    backends = frozenset({"process", "docker"})

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self.parameters = parameters
        self._undo = Undo("none")

    def plan(self, system: System, services: Sequence[str]) -> Undo:
        """Look at each service as it is, and say how to restore it."""
        self._undo = self._plan(system, services)
        return self._undo

    def observe(self, system: System, services: Sequence[str]) -> Evidence:
        """Every service is seen to be hurt."""
        return all_of(services, lambda service: self._observe(system, service))

    def heal(self, system: System, services: Sequence[str]) -> None:
        """Do what the journal says."""
        take_back(self._undo, system)

    def prove_absent(self, system: System, services: Sequence[str]) -> Evidence:
        """Every service is seen to be whole."""
        return all_of(services, lambda service: self._recovered(system, service))

    @abstractmethod
    def _plan(self, system: System, services: Sequence[str]) -> Undo: ...

    @abstractmethod
    def arm(self, system: System, services: Sequence[str]) -> None:
        """Hurt each service."""

    @abstractmethod
    def _observe(self, system: System, service: str) -> Evidence: ...

    @abstractmethod
    def _recovered(self, system: System, service: str) -> Evidence: ...
