"""partition: a service is cut off from the network, or from one other service, or one way only.

Mechanism: DROP rules in the network namespace of its container (``nsenter -t PID -n iptables``),
so packets are lost without an error, as behind a broken switch or a wrong firewall. The rules end
with the container: a service that is restarted under the fault comes back without it. Loopback
still works, and so does the engine's resolver. On the way out a sender of UDP gets an error (EPERM)
for a dropped packet, a sender of TCP does not.
Parameters: ``direction`` (``both``, ``in``: nothing comes to the service, ``out``: nothing it
sends arrives), ``peer`` (the other service; every service when left out).
Proof of bite: the rules dropped packets of the system, and a canary that was answered
before, from this machine or from the peer's namespace, is silent now.
Undo: the rules with the mark of this arming are deleted, in whatever container runs now.
Proof of absence: no such rule is left, the canary gets through, the service is ready.
Backends: docker, as root.
Source: iptables(8), iptables-extensions(8) ``comment``, nsenter(1).
"""

from collections.abc import Sequence

from gonogo.vocabulary import Evidence, System
from gonogo_faults.catalogue._packets import PacketFault
from gonogo_faults.mechanisms import append_rule


class Partition(PacketFault):
    """Drop every packet of the selected services.

    Args:
        direction: ``both``, ``in`` or ``out``.
        peer: only what goes to or comes from that service.

    Raises:
        UsageError: there is no such direction.
    """

    name = "partition"

    def __init__(self, direction: str = "both", peer: str = "") -> None:
        super().__init__(direction, peer, {})
        self._own: dict[str, int] = {}

    def _add(self, pid: int, chain: str, match: Sequence[str]) -> None:
        append_rule(pid, self._tag, chain, *match, "-j", "DROP")

    def _observe(self, system: System, service: str) -> Evidence:
        dropped = self._dropped(system, service)
        others = dropped - self._own.get(service, 0)
        if others < 1:
            # No canary before: it would be counted as traffic of the system.
            return Evidence(False, f"{service}: no packet of the system's was dropped")
        silent = self._is_silent(service)
        self._own[service] = self._dropped(system, service) - others
        what = f"{service}: {others} packets dropped"
        if silent is None:
            return Evidence(True, f"{what}, no canary went that way before")
        return Evidence(silent, f"{what}, canary {'silent' if silent else 'got through'}")

    def _dropped(self, system: System, service: str) -> int:
        return sum(rule.packets for rule in self._rules(system, service))
