"""What faults inside containers have in common: who may inject them, and how they are undone."""

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fault_injection.catalogue._looks import all_of
from fault_injection.catalogue._take_back import take_back
from harness.vocabulary import EnvironmentFailed, Evidence, Selects, System, Undo

if TYPE_CHECKING:
    from harness.environment.containers.of_run import RunContainer


def container_of(run: str, service: str) -> "RunContainer":
    """The running container of a service.

    Raises:
        EnvironmentFailed: it is down.
    """
    # Only who reaches into containers pays for the engine's client.
    from harness.environment.containers.of_run import containers_of  # noqa: PLC0415

    found = next((each for each in containers_of(run, service) if each.pid), None)
    if found is None:
        raise EnvironmentFailed(f"service {service} has no running container", where=f"run {run}")
    return found


class ContainerFault(ABC):
    """A fault made from outside in the namespaces or the limits of a service's container.

    Attributes:
        name: name in the catalogue.
        selects: services.
        backends: containers only.
        tools: programs of this machine it needs.
        parameters: what it was made with.
    """

    name: str
    selects: Selects = "services"
    backends = frozenset({"docker"})
    tools: tuple[str, ...] = ()
    needs_root = True

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self.parameters = parameters
        self._undo = Undo("none")

    def lacking(self, system: System, services: Sequence[str]) -> str:
        """Why it cannot be injected here, ``""`` when it can."""
        if self.needs_root and os.geteuid() != 0:
            return "it enters a container's namespaces, for which this user must be root"
        missing = [tool for tool in self.tools if shutil.which(tool) is None]
        if missing:
            return f"this machine has no {missing[0]}"
        return next(filter(None, (self._unfit(system, each) for each in services)), "")

    def plan(self, system: System, services: Sequence[str]) -> Undo:
        """Look at each service as it is, and say how to restore it."""
        self._undo = self._plan(system, services)
        return self._undo

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Hurt each service."""
        for service in services:
            self._hurt(system, service)

    def observe(self, system: System, services: Sequence[str]) -> Evidence:
        """Every service is seen to be hurt."""
        return all_of(services, lambda service: self._observe(system, service))

    def heal(self, system: System, services: Sequence[str]) -> None:
        """Do what the journal says."""
        take_back(self._undo, system)

    def prove_absent(self, system: System, services: Sequence[str]) -> Evidence:
        """Every service is seen to be whole."""
        return all_of(services, lambda service: self._recovered(system, service))

    def _unfit(self, system: System, service: str) -> str:
        """Why this service cannot be hurt so, ``""`` when it can."""
        return ""

    @abstractmethod
    def _plan(self, system: System, services: Sequence[str]) -> Undo: ...

    @abstractmethod
    def _hurt(self, system: System, service: str) -> None: ...

    @abstractmethod
    def _observe(self, system: System, service: str) -> Evidence: ...

    @abstractmethod
    def _recovered(self, system: System, service: str) -> Evidence: ...
