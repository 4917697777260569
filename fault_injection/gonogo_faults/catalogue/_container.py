"""What faults in containers have in common: what they need of this machine."""

import shutil
from abc import abstractmethod
from collections.abc import Sequence

from gonogo.linux import root_trouble
from gonogo.vocabulary import System
from gonogo_faults.catalogue._service_fault import ServiceFault


class ContainerFault(ServiceFault):
    """A fault made from outside in the namespaces or the limits of a service's container.

    Attributes:
        tools: programs of this machine it needs.
        needs_root: whether what it does takes root.
    """

    tools: tuple[str, ...] = ()
    needs_root = True

    def lacking(self, system: System, services: Sequence[str]) -> str:
        """Why it cannot be injected here, ``""`` when it can."""
        if self.needs_root and (trouble := root_trouble()):
            return f"it enters a container's namespaces: {trouble}"
        missing = [tool for tool in self.tools if shutil.which(tool) is None]
        if missing:
            return f"this machine has no {missing[0]}"
        return next(filter(None, (self._unfit(system, each) for each in services)), "")

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Apply the fault to each service."""
        for service in services:
            self._apply(system, service)

    def _unfit(self, system: System, service: str) -> str:
        """Why it cannot be applied to this service, ``""`` when it can."""
        return ""

    @abstractmethod
    def _apply(self, system: System, service: str) -> None: ...
