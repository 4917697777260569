"""loss: some of a service's packets vanish, as over a bad line or a full queue.

Mechanism: DROP rules with ``statistic --mode random`` in the network namespace of its container
(``nsenter -t PID -n iptables``), beside rules that count every packet. The rules end with the
container: a service that is restarted under the fault comes back without it.
Parameters: ``percent`` of its packets, ``direction`` (``both``, ``in``, ``out``), ``peer`` (the
other service; every service when left out).
Proof of bite: the counters say that packets of the system were dropped and others passed.
Undo: the rules with the mark of this arming are deleted, in whatever container runs now.
Proof of absence: no such rule is left, a canary gets through, the service is ready.
Backends: docker, as root.
Source: iptables-extensions(8) ``statistic``, nsenter(1).
"""

from collections.abc import Sequence

from gonogo.vocabulary import Evidence, System, UsageError
from gonogo_faults.catalogue._packets import PacketFault
from gonogo_faults.mechanisms import append_rule

_ALL = 100


class Loss(PacketFault):
    """Drop some packets of the selected services, by chance.

    Args:
        percent: how many of a hundred, more than 0 and less than 100.
        direction: ``both``, ``in`` or ``out``.
        peer: only what goes to or comes from that service.

    Raises:
        UsageError: that is no share of packets, or there is no such direction.
    """

    name = "loss"

    def __init__(self, percent: float, direction: str = "both", peer: str = "") -> None:
        if not 0 < percent < _ALL:
            raise UsageError(
                f"loss cannot have percent {percent!r}",
                where="fault loss",
                hint="more than 0 and less than 100; partition drops everything",
            )
        super().__init__(direction, peer, {"percent": percent})
        self._probability = f"{percent / _ALL:.6f}"

    def _add(self, pid: int, chain: str, match: Sequence[str]) -> None:
        append_rule(pid, self._tag, chain, *match)
        chance = ("-m", "statistic", "--mode", "random", "--probability", self._probability)
        append_rule(pid, self._tag, chain, *match, *chance, "-j", "DROP")

    def _observe(self, system: System, service: str) -> Evidence:
        found = self._rules(system, service)
        dropped = sum(rule.packets for rule in found if rule.drops)
        seen = sum(rule.packets for rule in found if not rule.drops)
        what = f"{service}: {dropped} of {seen} packets dropped"
        return Evidence(0 < dropped < seen, what)
