"""``/proc/PID/stat``: state, parent, session, CPU time and start of a process. See proc(5)."""

import os
from dataclasses import dataclass

from gonogo.linux.proc_file import GONE, read_proc

STOPPED = "T"
_DEAD = "ZXx"


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
        """Whether it is a zombie: it has exited and its parent has not collected it yet."""
        return self.state in _DEAD

    @property
    def stopped(self) -> bool:
        """Whether SIGSTOP has stopped it."""
        return self.state == STOPPED


def read_stat(pid: int) -> ProcessStat | None:
    """The process as the kernel shows it now, zombies included; None when there is none."""
    return _read(f"/proc/{pid}/stat")


def read_thread_stats(pid: int) -> list[ProcessStat]:
    """Every thread of a process, dead ones included; empty when it is gone."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except GONE:
        return []
    found = (_read(f"/proc/{pid}/task/{thread}/stat") for thread in threads)
    return [stat for stat in found if stat is not None]


def all_stats() -> dict[int, ProcessStat]:
    """Every process alive on this machine, by pid; zombies are left out."""
    found = (read_stat(int(name)) for name in os.listdir("/proc") if name.isdigit())
    return {stat.pid: stat for stat in found if stat is not None and not stat.dead}


def _read(path: str) -> ProcessStat | None:
    try:
        raw = read_proc(path)
    except GONE:
        return None
    # The name of the program stands in brackets and may itself contain brackets and spaces.
    head, _, tail = raw.rpartition(b")")
    fields = tail.split(maxsplit=20)
    return ProcessStat(
        pid=int(head.partition(b" ")[0]),
        state=fields[0].decode(),
        parent=int(fields[1]),
        session=int(fields[3]),
        cpu_ticks=int(fields[11]) + int(fields[12]),
        threads=int(fields[17]),
        start_ticks=int(fields[19]),
    )
