"""dns: a service cannot resolve names, as with a dead resolver.

Mechanism: packet rules in the network namespace of its container on the way to the engine's
resolver, 127.0.0.11; established connections go on. The rules end with the container.
Parameter: ``how``: ``silent`` (DROP: each look-up takes its whole timeout) or ``refused`` (REJECT:
it fails at once).
Proof of bite: a canary in that namespace asks the resolver for the service's own name. The resolver
answered before and does not answer now. The evidence says how many queries of the service itself
matched the rules.
Undo: the rules with the mark of this arming are deleted, in whatever container runs now.
Proof of absence: no such rule is left, the canary is answered, the service is ready.
Backends: docker, as root. A service that asks another resolver than the engine's is not affected.
Source: RFC 1035 section 4.1, iptables-extensions(8).
"""

import secrets
import socket
import time
from collections.abc import Sequence
from functools import partial

from gonogo.linux import wait_until
from gonogo.vocabulary import Capability, Evidence, System, UsageError
from gonogo_faults.catalogue._container import ContainerFault
from gonogo_faults.mechanisms import (
    append_rule,
    in_network_namespace,
    read_rules,
    running_container,
)
from gonogo_faults.undo import DeletePacketRules

HOWS = ("silent", "refused")
_RESOLVER = "127.0.0.11"
_PORT = 53
_ANSWER_S_MAX = 0.5
# Before it is armed: a late answer must not be taken for a dead resolver.
_FIRST_S_MAX = 10.0
_TARGETS = {"silent": ("DROP",), "refused": ("REJECT", "--reject-with", "icmp-port-unreachable")}


class Dns(ContainerFault):
    """Cut the selected services off from the resolver.

    Args:
        how: ``silent`` or ``refused``.

    Raises:
        UsageError: it is neither of them.
    """

    name = "dns"
    needs = frozenset({Capability.NETWORK})
    tools = ("nsenter", "iptables", "iptables-save")

    def __init__(self, how: str = "silent") -> None:
        if how not in HOWS:
            raise UsageError(f"dns has no how {how!r}", where="fault dns", alternatives=HOWS)
        super().__init__({"how": how})
        self._target = _TARGETS[how]
        self._tag = f"gonogo-dns-{time.monotonic_ns():x}"
        self._own: dict[str, int] = {}

    def _unfit(self, system: System, service: str) -> str:
        if wait_until(lambda: self._answers(system, service), _FIRST_S_MAX):
            return ""
        return f"the engine's resolver does not answer in the container of service {service}"

    def plan(self, system: System, services: Sequence[str]) -> DeletePacketRules:
        """Name the rules."""
        return DeletePacketRules(tuple(services), system.run, self._tag, "resolver")

    def _apply(self, system: System, service: str) -> None:
        pid = running_container(system.run, service).pid
        # On the way in, not on the way out: there the sender would get EPERM at once.
        append_rule(pid, self._tag, "INPUT", "-d", _RESOLVER, "-j", *self._target)

    def _observe(self, system: System, service: str) -> Evidence:
        others = self._met(system, service) - self._own.get(service, 0)
        before = self._met(system, service)
        answered = self._answers(system, service)
        # When the resolver is only late, no rule matched.
        met = self._met(system, service) > before
        self._own[service] = self._met(system, service) - others
        heard = "answered" if answered else "not answered"
        what = f"{service}: canary {heard}, {others} queries of its own matched the rules"
        return Evidence(met and not answered, what)

    def _recovered(self, system: System, service: str) -> Evidence:
        if read_rules(running_container(system.run, service).pid, self._tag):
            return Evidence(False, f"{service}: its packet rules are still there")
        if not self._answers(system, service):
            return Evidence(False, f"{service}: no packet rules, but the canary is not answered")
        if not system.is_ready(service):
            return Evidence(False, f"{service}: the canary is answered, but it is not ready")
        return Evidence(True, f"{service}: no packet rules, the canary is answered, ready")

    def _met(self, system: System, service: str) -> int:
        pid = running_container(system.run, service).pid
        return sum(each.packets for each in read_rules(pid, self._tag))

    def _answers(self, system: System, service: str) -> bool:
        pid = running_container(system.run, service).pid
        return in_network_namespace(pid, partial(_is_known, service))


def _is_known(name: str) -> bool:
    """Ask the resolver of this namespace for a name: whether anything came back."""
    number = secrets.token_bytes(2)
    labels = b"".join(bytes([len(each)]) + each.encode() for each in name.split("."))
    question = number + bytes.fromhex("01000001000000000000") + labels + bytes.fromhex("0000010001")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(_ANSWER_S_MAX)
        try:
            asking.connect((_RESOLVER, _PORT))
            asking.send(question)
            return asking.recv(512)[:2] == number
        except (TimeoutError, ConnectionRefusedError):
            return False
