"""Identity of a process: pid and start time, with the run id in its environment.

A pid alone is reused. Pid plus start time is proof: two processes share both only when the
kernel hands out all its pids within one clock tick. The run id in the environment is how
processes are *found*, not what they are checked by: redis-server, postgres and nginx
overwrite that memory with their process title (seen with redis-server 7.0).
"""

import os
import signal
from dataclasses import dataclass

from gonogo.linux.as_root import as_root_where_refused
from gonogo.vocabulary import ProcessIdentity

RUN_VARIABLE = "GONOGO_RUN_ID"
SERVICE_VARIABLE = "GONOGO_SERVICE"

_DEAD = "ZXx"
_GONE = (FileNotFoundError, ProcessLookupError, PermissionError)


@dataclass(frozen=True, slots=True)
class ProcessStat:
    """What ``/proc/PID/stat`` says.

    Attributes:
        pid: process id.
        state: its letter; ``T`` is stopped, ``Z`` and ``X`` are dead.
        parent: pid of the parent.
        session: session id: the pid of the session's leader.
        cpu_ticks: user and system time of all its threads, clock ticks.
        threads: number of threads.
        start_ticks: clock ticks after boot at which it started.
    """

    pid: int
    state: str
    parent: int
    session: int
    cpu_ticks: int
    threads: int
    start_ticks: int

    @property
    def dead(self) -> bool:
        """Whether it is a zombie: it has exited and waits for its parent to notice."""
        return self.state in _DEAD


def _read(path: str) -> bytes:
    """A whole file of /proc in as few calls as it takes: hundreds are read at every look."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return b"".join(iter(lambda: os.read(fd, 65536), b""))
    finally:
        os.close(fd)


def read_stat(pid: int) -> ProcessStat | None:
    """The process as the kernel shows it now, zombies included; None when there is none."""
    try:
        raw = _read(f"/proc/{pid}/stat")
    except _GONE:
        return None
    fields = raw.rpartition(b")")[2].split(maxsplit=20)
    return ProcessStat(
        pid=pid,
        state=fields[0].decode(),
        parent=int(fields[1]),
        session=int(fields[3]),
        cpu_ticks=int(fields[11]) + int(fields[12]),
        threads=int(fields[17]),
        start_ticks=int(fields[19]),
    )


def all_stats() -> dict[int, ProcessStat]:
    """Every process alive on this machine, by pid; zombies are left out."""
    found = (read_stat(int(name)) for name in os.listdir("/proc") if name.isdigit())
    return {stat.pid: stat for stat in found if stat is not None and not stat.dead}


def markers(pid: int) -> tuple[str, str]:
    """Run id and service name in the process' environment, each ``""`` where it has none."""
    try:
        raw = _read(f"/proc/{pid}/environ")
    except _GONE:
        return "", ""
    if RUN_VARIABLE.encode() not in raw:  # nearly every process: this look must be cheap
        return "", ""
    pairs = dict(item.partition(b"=")[::2] for item in raw.split(b"\0"))
    run, service = (pairs.get(name.encode(), b"") for name in (RUN_VARIABLE, SERVICE_VARIABLE))
    return run.decode(errors="replace"), service.decode(errors="replace")


def identify(pid: int) -> ProcessIdentity | None:
    """The process that has this pid now; None when there is none or it is a zombie."""
    stat = read_stat(pid)
    if stat is None or stat.dead:
        return None
    return ProcessIdentity(pid, stat.start_ticks, markers(pid)[0])


def is_alive(identity: ProcessIdentity) -> bool:
    """Whether exactly that process still runs (or is stopped); a zombie does not."""
    stat = read_stat(identity.pid)
    return stat is not None and not stat.dead and stat.start_ticks == identity.start_ticks


@as_root_where_refused
def signal_identity(identity: ProcessIdentity, sig: int) -> bool:
    """Send a signal to exactly that process.

    The pidfd is opened before the identity is checked, so that the signal cannot reach a
    process that got the pid in between.

    Returns:
        False when it is gone.
    """
    try:
        fd = os.pidfd_open(identity.pid)
    except ProcessLookupError:
        return False
    try:
        if not is_alive(identity):
            return False
        signal.pidfd_send_signal(fd, sig)
    except ProcessLookupError:
        return False
    finally:
        os.close(fd)
    return True
