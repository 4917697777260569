"""Common to the faults that are observed service by service."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from gonogo.vocabulary import Capability, Evidence, Selects, System, Undo
from gonogo_faults.catalogue._evidence import all_of


class ServiceFault(ABC):
    """A fault that is observed, and proven absent, service by service.

    Attributes:
        name: name in the catalogue.
        selects: services.
        needs: what a backend must be able to do.
        parameters: what it was made with.
    """

    name: str
    selects: Selects = "services"
    needs: frozenset[Capability]

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self.parameters = parameters

    def observe(self, system: System, services: Sequence[str]) -> Evidence:
        """Every service shows the effect."""
        return all_of(services, lambda service: self._observe(system, service))

    def prove_absent(self, system: System, services: Sequence[str]) -> Evidence:
        """Every service shows that it is as before."""
        return all_of(services, lambda service: self._recovered(system, service))

    @abstractmethod
    def plan(self, system: System, services: Sequence[str]) -> Undo:
        """Look at each service as it is, and say how to restore it."""

    @abstractmethod
    def arm(self, system: System, services: Sequence[str]) -> None:
        """Apply the fault to each service."""

    @abstractmethod
    def _observe(self, system: System, service: str) -> Evidence: ...

    @abstractmethod
    def _recovered(self, system: System, service: str) -> Evidence: ...
