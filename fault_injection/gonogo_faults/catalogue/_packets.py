"""What faults made of packet rules have in common: where the rules go, canary and undo."""

import time
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from gonogo.vocabulary import Capability, Evidence, System, UsageError
from gonogo_faults.catalogue._container import ContainerFault
from gonogo_faults.mechanisms import (
    Rule,
    answers,
    first_that_answers,
    in_network_namespace,
    read_rules,
    running_container,
)
from gonogo_faults.undo import DeletePacketRules

DIRECTIONS = ("both", "in", "out")
_CANARY_S = 0.25
_Canary = Callable[[], bool]
# Sends a canary on the affected path, waits so many seconds; says whether it was answered.
_Way = Callable[[float], bool]


class PacketFault(ContainerFault):
    """A fault made of packet rules around the selected services.

    Args:
        direction: ``in`` for what comes to the service, ``out`` for what it sends, ``both``.
        peer: only what goes to or comes from that service; ``""`` for every service.
        parameters: those of the fault itself.

    Raises:
        UsageError: there is no such direction.
    """

    needs = frozenset({Capability.NETWORK})
    tools = ("nsenter", "iptables", "iptables-save")

    def __init__(self, direction: str, peer: str, parameters: Mapping[str, Any]) -> None:
        if direction not in DIRECTIONS:
            raise UsageError(
                f"{self.name} has no direction {direction!r}",
                where=f"fault {self.name}",
                alternatives=DIRECTIONS,
            )
        super().__init__({**parameters, "direction": direction, "peer": peer})
        self._direction = direction
        self._peer = peer
        # Unique: rules that a dead owner left behind are never taken for these.
        self._tag = f"gonogo-{self.name}-{time.monotonic_ns():x}"
        self._canaries: dict[str, _Canary | None] = {}

    def plan(self, system: System, services: Sequence[str]) -> DeletePacketRules:
        """Find a canary for each service, and name the rules."""
        if self._peer and self._peer not in system.services():
            raise UsageError(
                f"{self.name} has a peer {self._peer!r}, which is no service",
                where=f"fault {self.name}",
                alternatives=system.services(),
            )
        for service in services:
            way = first_that_answers(self._ways(system, service), lambda way, wait_s: way(wait_s))
            self._canaries[service] = way and partial(way, _CANARY_S)
        return DeletePacketRules(tuple(services), system.run, self._tag, "peers", self._peer)

    def _apply(self, system: System, service: str) -> None:
        pid = running_container(system.run, service).pid
        for chain, match in self._matches(system.run):
            self._add(pid, chain, match)

    def _recovered(self, system: System, service: str) -> Evidence:
        if self._rules(system, service):
            return Evidence(False, f"{service}: its packet rules are still there")
        canary = self._canaries[service]
        if canary is not None and not canary():
            return Evidence(False, f"{service}: no packet rules, but the canary is silent")
        if not system.is_ready(service):
            return Evidence(False, f"{service}: no packet rules, but it is not ready")
        seen = "" if canary is None else "the canary gets through, "
        return Evidence(True, f"{service}: no packet rules, {seen}ready")

    def _rules(self, system: System, service: str) -> list[Rule]:
        return read_rules(running_container(system.run, service).pid, self._tag)

    def _is_silent(self, service: str) -> bool | None:
        """Whether the canary that was answered before is silent now; None without such a canary."""
        canary = self._canaries[service]
        return None if canary is None else not canary()

    @abstractmethod
    def _add(self, pid: int, chain: str, match: Sequence[str]) -> None:
        """Add its rules to one chain for what matches."""

    def _matches(self, run: str) -> list[tuple[str, list[str]]]:
        """Chains and matches. Loopback is left out: its packets cross no network."""
        address = running_container(run, self._peer).address if self._peer else ""
        found = []
        if self._direction != "out":
            found.append(("INPUT", ["!", "-i", "lo", *(["-s", address] if address else [])]))
        if self._direction != "in":
            found.append(("OUTPUT", ["!", "-o", "lo", *(["-d", address] if address else [])]))
        return found

    def _ways(self, system: System, service: str) -> list[_Way]:
        """Canaries on the affected path."""
        if not self._peer:
            addresses = [system.address(service, port) for port in system.ports(service)]
            return [partial(answers, each) for each in addresses]
        one = running_container(system.run, service)
        other = running_container(system.run, self._peer)
        calls = [(other.pid, one.address, port) for port in system.ports(service)]
        calls += [(one.pid, other.address, port) for port in system.ports(self._peer)]
        return [partial(_answers_from, pid, (address, port)) for pid, address, port in calls]


def _answers_from(pid: int, address: tuple[str, int], within_s: float) -> bool:
    return in_network_namespace(pid, partial(answers, address, within_s))
