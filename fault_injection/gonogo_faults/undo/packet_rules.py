"""Deleting packet rules from the network namespaces of containers."""

from dataclasses import dataclass

from gonogo.vocabulary import Resource, System
from gonogo_faults.mechanisms import delete_rules, running_containers


@dataclass(frozen=True, slots=True)
class DeletePacketRules:
    """Delete the packet rules of one arming.

    Attributes:
        services: in whose containers they are.
        run: run id of the containers.
        tag: mark on the rules, which no other arming has.
        subject: the packets concerned: ``peers``, or ``resolver`` for those that look names up.
        peer: the service they come from or go to, ``""`` for every one.
    """

    services: tuple[str, ...]
    run: str
    tag: str
    subject: str
    peer: str = ""

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Packets of each service; those of every peer contain those of one."""
        part = (self.subject, self.peer) if self.peer else (self.subject,)
        return tuple(("packets", each, *part) for each in self.services)

    def execute(self, system: System | None) -> None:
        """Delete them in the containers that run now; rules end with their namespace."""
        for service in self.services:
            for container in running_containers(self.run, service):
                delete_rules(container.pid, self.tag)
