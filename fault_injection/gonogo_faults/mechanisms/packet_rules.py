"""Packet rules and calls inside the network namespace of a container."""

import shlex
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gonogo.linux import Namespace, as_root, identify
from gonogo.vocabulary import EnvironmentFailed

# Another program may hold the lock of the tables; each call itself takes milliseconds.
_LOCK_S_MAX = 3
_CALL_S_MAX = 5.0
# Longer than any canary waits.
_ENTERED_S_MAX = 25.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A packet rule in a namespace.

    Attributes:
        packets: how many matched it.
        words: the rule as ``iptables`` takes it, beginning with ``-A CHAIN``.
    """

    packets: int
    words: tuple[str, ...]

    @property
    def drops(self) -> bool:
        """Whether packets that match it are dropped or rejected."""
        return self.words[-1] == "DROP" or "REJECT" in self.words


def append_rule(pid: int, tag: str, *words: str) -> None:
    """Add a rule around that process, marked with ``tag``.

    Args:
        pid: a process of the container.
        tag: by which the rule is found again.
        words: the chain, the match, then ``-j`` and the target; without ``-j`` it only counts.

    Raises:
        EnvironmentFailed: the kernel or ``iptables`` refuses.
    """
    chain, *rest = words
    mark = ["-m", "comment", "--comment", tag]
    _iptables(pid, "iptables", "-w", str(_LOCK_S_MAX), "-A", chain, *mark, *rest)


def read_rules(pid: int, tag: str) -> list[Rule]:
    """Every rule around that process that is marked with ``tag``, with its packet counts."""
    found = []
    for line in _iptables(pid, "iptables-save", "-c", "-t", "filter").splitlines():
        words = shlex.split(line)
        if words[0].startswith("[") and tag in words:
            packets = int(words[0].strip("[]").partition(":")[0])
            found.append(Rule(packets, tuple(words[1:])))
    return found


def delete_rules(pid: int, tag: str) -> None:
    """Delete every rule marked with ``tag``; rules end with their namespace."""
    try:
        for rule in read_rules(pid, tag):
            _iptables(pid, "iptables", "-w", str(_LOCK_S_MAX), "-D", *rule.words[1:])
    except EnvironmentFailed:
        # Not by looking at its namespace: only root may see that.
        if identify(pid) is not None:
            raise


@as_root
def in_network_namespace(pid: int, call: Callable[[], bool]) -> bool:
    """Call a function in the network namespace of that process, in a thread of its own.

    The thread ends there; no other thread of this process ever leaves its namespace. The
    function must be picklable.

    Raises:
        OSError: the process is gone.
        TimeoutError: the call did not return in time.
    """
    outcome: list[bool | OSError] = []

    def enter() -> None:
        try:
            Namespace.NETWORK.enter(pid)
            outcome.append(call())
        except OSError as error:
            outcome.append(error)

    thread = threading.Thread(target=enter, name="in-network-namespace", daemon=True)
    thread.start()
    thread.join(_ENTERED_S_MAX)
    if not outcome:
        raise TimeoutError(f"nothing came back from the namespace of pid {pid}")
    if isinstance(outcome[0], OSError):
        raise outcome[0]
    return outcome[0]


@as_root
def _iptables(pid: int, *command: str) -> str:
    words: Sequence[str] = ("nsenter", "-t", str(pid), "-n", *command)
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, timeout=_CALL_S_MAX, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentFailed(f"{command[0]} failed: {error}", where=f"pid {pid}") from error
    if done.returncode != 0:
        said = done.stderr.strip().replace("\n", "; ")
        raise EnvironmentFailed(f"{command[0]} failed: {said}", where=f"pid {pid}")
    return done.stdout
