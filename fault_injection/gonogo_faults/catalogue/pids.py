"""pids: a service can start no more processes or threads, as after a leak of them.

Mechanism: the container's limit of processes is lowered through the engine to how many it has,
plus ``headroom``.
Parameter: ``headroom``, how many it may still start.
Proof of bite: a canary put into the container's control group is refused a process by the
kernel. The evidence says how often the service itself was refused one.
Undo: the limit from before is restored, in the container that exists at that time; none where there
was none.
Proof of absence: the kernel has the limit from before, the canary gets its process.
Backends: docker, as root.
Source: kernel ``cgroup-v1/pids``, engine API ``ContainerUpdate``.
"""

import subprocess
import sys

from gonogo.linux import UNLIMITED, as_root, group_of
from gonogo.vocabulary import EnvironmentFailed, Evidence, System, UsageError
from gonogo_faults.catalogue._limits import LimitFault
from gonogo_faults.mechanisms import running_container

_REFUSED, _GRANTED = 11, 0
_CANARY_S_MAX = 5.0
_CANARY = f"""
import os, sys
with open(sys.argv[1], "w") as group:
    group.write(str(os.getpid()))
refused = 0
for _ in range(int(sys.argv[2])):
    try:
        child = os.fork()
    except BlockingIOError:
        refused = {_REFUSED}
        break
    if child == 0:
        sys.stdin.read()
        os._exit(0)
os._exit(refused)
"""


class Pids(LimitFault):
    """Let the selected services start ``headroom`` more processes.

    Args:
        headroom: how many, threads included.

    Raises:
        UsageError: it is negative or no whole number.
    """

    name = "pids"
    needs_root = True  # for the canary

    def __init__(self, headroom: int = 0) -> None:
        if headroom != int(headroom) or headroom < 0:
            raise UsageError(
                f"pids cannot have headroom {headroom!r}",
                where="fault pids",
                hint="a whole number, 0 or more",
            )
        super().__init__({"headroom": headroom})
        self._headroom = int(headroom)
        self._own = 0

    def _lower(self, system: System, service: str) -> tuple[str, int]:
        group = group_of(running_container(system.run, service).pid, "pids")
        wanted = group.number("pids.current") + self._headroom
        had = group.text("pids.max")
        if had != UNLIMITED and wanted >= int(had):
            raise UsageError(
                f"pids would leave service {service} {wanted} processes, and it has no more",
                where="fault pids",
                hint=f"its limit is {had}",
            )
        return "PidsLimit", wanted

    def _observe(self, system: System, service: str) -> Evidence:
        pid = running_container(system.run, service).pid
        others = self._grown(pid) - self._own
        refused = _is_refused(pid, self._headroom + 1)
        self._own = self._grown(pid) - others
        what = f"{service}: limit {self._in_kernel(pid)}, refused to itself {others} times, "
        return Evidence(refused, what + f"canary {'refused' if refused else 'got its process'}")

    def _recovered(self, system: System, service: str) -> Evidence:
        look = super()._recovered(system, service)
        pid = running_container(system.run, service).pid
        if look.holds and _is_refused(pid, self._headroom + 1):
            return Evidence(False, f"{look.what}, but a canary is refused its process")
        return look

    def _in_kernel(self, pid: int) -> str:
        return group_of(pid, "pids").text("pids.max")

    def _counted(self, pid: int) -> int:
        return group_of(pid, "pids").fields("pids.events")["max"]


@as_root
def _is_refused(pid: int, count: int) -> bool:
    """Whether the kernel refuses a process to a canary that starts ``count`` of them there."""
    target = str(group_of(pid, "pids").folder / "cgroup.procs")
    command = [sys.executable, "-I", "-S", "-c", _CANARY, target, str(count)]
    try:
        # Its children wait for the end of this pipe, and so end with the call.
        done = subprocess.run(
            command, input=b"", capture_output=True, timeout=_CANARY_S_MAX, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise EnvironmentFailed(f"the canary hangs: {error}", where=target) from error
    if done.returncode not in (_REFUSED, _GRANTED):
        said = done.stderr.decode(errors="replace").strip()[-200:]
        raise EnvironmentFailed(f"the canary failed: {said}", where=target)
    return done.returncode == _REFUSED
