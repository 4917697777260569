"""What a service uses at one moment: from its own cgroup where it has one, else its processes."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gonogo.linux import anonymous_bytes, open_descriptors, read_stat
from gonogo.linux.cgroup import find_cgroup

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_NS_PER_TICK = 1_000_000_000 // _TICKS_PER_S


@dataclass(frozen=True, slots=True)
class Usage:
    """Sums over a service at one moment.

    Attributes:
        cpu_ns: CPU time used so far, nanoseconds, by process or cgroup. It is not one sum: that
            would shrink when a process ends.
        rss_bytes: anonymous memory.
        memory_bytes: memory that counts against its limit: anonymous memory of local processes;
            for a cgroup all memory except the page cache that the kernel gives up first.
        threads: threads.
        fds: open descriptors; those of another user's processes cannot be seen.
    """

    cpu_ns: Mapping[str, int]
    rss_bytes: int
    memory_bytes: int
    threads: int
    fds: int


def read_usage(pids: Sequence[int]) -> Usage:
    """Read the usage now; processes that are gone count nothing.

    Args:
        pids: main process first. Where it has a cgroup of its own, as in a container, the
            cgroup's figures are taken: they include processes that have ended.
    """
    cgroup = find_cgroup(pids[0]) if pids else None
    if cgroup is None:
        return _of_processes(pids)
    return Usage(
        cpu_ns={str(cgroup.name): cgroup.cpu_ns()},
        rss_bytes=cgroup.anonymous_bytes(),
        memory_bytes=cgroup.working_set_bytes(),
        threads=cgroup.threads(),
        fds=sum(map(open_descriptors, pids)),
    )


def _of_processes(pids: Iterable[int]) -> Usage:
    stats = [stat for stat in map(read_stat, pids) if stat is not None]
    rss_bytes = sum(anonymous_bytes(stat.pid) for stat in stats)
    return Usage(
        cpu_ns={f"{stat.pid}@{stat.start_ticks}": stat.cpu_ticks * _NS_PER_TICK for stat in stats},
        rss_bytes=rss_bytes,
        memory_bytes=rss_bytes,
        threads=sum(stat.threads for stat in stats),
        fds=sum(open_descriptors(stat.pid) for stat in stats),
    )
