"""What a service uses at one moment: of its own cgroup where it has one, else of its processes."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gonogo.linux.cgroup import find_cgroup

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_NS_PER_TICK = 1_000_000_000 // _TICKS_PER_S


@dataclass(frozen=True, slots=True)
class Usage:
    """Sums over a service at one moment.

    Attributes:
        cpu_ns: CPU time used so far, nanoseconds, by process or cgroup: one that ended does
            not make the sum shrink.
        rss_bytes: anonymous memory.
        memory_bytes: what counts against its limit: anonymous memory of local processes; of a
            cgroup all but the page cache the kernel gives up first.
        threads: threads.
        fds: open descriptors; those of processes of another user are not to be seen.
    """

    cpu_ns: Mapping[str, int]
    rss_bytes: int
    memory_bytes: int
    threads: int
    fds: int


def read_usage(pids: Sequence[int]) -> Usage:
    """Look once; processes that are gone count nothing.

    Args:
        pids: main process first: a container's is in a cgroup of the container's own, whose
            figures hold for all that ever ran in it.
    """
    cgroup = find_cgroup(pids[0]) if pids else None
    if cgroup is None:
        return _of_processes(pids)
    return Usage(
        cpu_ns={str(cgroup.name): cgroup.cpu_ns()},
        rss_bytes=cgroup.anonymous_bytes(),
        memory_bytes=cgroup.working_set_bytes(),
        threads=cgroup.threads(),
        fds=sum(_descriptors(Path("/proc") / str(pid)) for pid in pids),
    )


def _of_processes(pids: Iterable[int]) -> Usage:
    """Sum up ``/proc/PID/{stat,status,fd}``."""
    cpu_ns: dict[str, int] = {}
    rss_bytes = threads = fds = 0
    for pid in pids:
        folder = Path("/proc") / str(pid)
        try:
            # A process may call itself by any bytes; the kernel cuts names at 15 of them.
            stat = (folder / "stat").read_text(errors="replace")
            # RssAnon: pages shared with siblings by fork or a mapped file are not a service's own.
            status = (folder / "status").read_text(errors="replace")
        except OSError:
            continue
        fields = stat.rpartition(")")[2].split()
        cpu_ns[f"{pid}@{fields[19]}"] = (int(fields[11]) + int(fields[12])) * _NS_PER_TICK
        threads += int(fields[17])
        rss_bytes += _anonymous_bytes(status)
        fds += _descriptors(folder)
    return Usage(cpu_ns, rss_bytes, rss_bytes, threads, fds)


def _anonymous_bytes(status: str) -> int:
    for line in status.splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0


def _descriptors(folder: Path) -> int:
    try:
        return len(os.listdir(folder / "fd"))
    except OSError:
        return 0
