"""memory: a service gets little more memory than it holds, until it runs short of it.

Mechanism: the container's limit is lowered through the engine to what the service holds and
cannot give back, plus ``headroom_mib``. When it needs more, the kernel first takes away its page
cache, then ends one of its processes: a real lack of memory.
Parameter: ``headroom_mib``, what it may still take, in MiB.
Proof of bite: the kernel counted that the service ran into the limit, or the engine reports that
it ended for lack of memory. The evidence says how many processes the kernel ended.
Undo: the limit from before is restored, in the container that exists at that time; a service that
ended and that no policy restarts is started. Only for services with a limit: the engine can change
a limit of memory but cannot remove it.
Proof of absence: the kernel has the limit from before, the service is ready.
Backends: docker.
Source: kernel ``cgroup-v1/memory``, ``cgroup-v2``; engine API ``ContainerUpdate``.
"""

from gonogo.linux import group_of
from gonogo.vocabulary import Evidence, System, UsageError
from gonogo_faults.catalogue._limits import LimitFault
from gonogo_faults.mechanisms import all_containers, running_container

_MIB = 1024 * 1024
# The engine takes no less.
_LEAST = 6 * _MIB


class Memory(LimitFault):
    """Leave the selected services ``headroom_mib`` of memory.

    Args:
        headroom_mib: MiB beyond what they hold now.

    Raises:
        UsageError: it is negative.
    """

    name = "memory"

    def __init__(self, headroom_mib: float = 4) -> None:
        if not headroom_mib >= 0:
            raise UsageError(
                f"memory cannot have headroom_mib {headroom_mib!r}",
                where="fault memory",
                hint="MiB, 0 or more",
            )
        super().__init__({"headroom_mib": headroom_mib})
        self._headroom = int(headroom_mib * _MIB)

    def _unfit(self, system: System, service: str) -> str:
        if running_container(system.run, service).limits["Memory"] > 0:
            return ""
        return f"service {service} has no mem_limit, and the engine cannot take one away again"

    def _lower(self, system: System, service: str) -> tuple[str, int]:
        container = running_container(system.run, service)
        held = _held(container.pid)
        wanted, had = max(held + self._headroom, _LEAST), container.limits["Memory"]
        if wanted >= had:
            raise UsageError(
                f"memory would leave service {service} {wanted / _MIB:.0f} MiB, and it has no more",
                where="fault memory",
                hint=f"it holds {held / _MIB:.0f} of {had / _MIB:.0f} MiB",
            )
        return "Memory", wanted

    def _observe(self, system: System, service: str) -> Evidence:
        newest = all_containers(system.run, service)[0]  # it is there since it was planned
        if not newest.pid:
            ended = "of a lack of memory" if newest.short_of_memory else "of something else"
            return Evidence(newest.short_of_memory, f"{service}: ended {ended}")
        hits = self._grown(newest.pid)
        limit = int(self._in_kernel(newest.pid)) / _MIB
        what = f"{service}: ran {hits} times into {limit:.0f} MiB, {_ended(newest.pid)} killed"
        return Evidence(hits > 0, what)

    def _in_kernel(self, pid: int) -> str:
        group = group_of(pid, "memory")
        name = "memory.limit_in_bytes" if group.version == 1 else "memory.max"
        return group.text(name)

    def _counted(self, pid: int) -> int:
        group = group_of(pid, "memory")
        if group.version != 1:
            return group.fields("memory.events")["max"]
        # Memory with swap has its own counter. When both limits are equal, either may be hit first.
        counters = ("memory.failcnt", "memory.memsw.failcnt")
        hits = sum(group.number(name) for name in counters if group.has(name))
        return hits + _ended(pid)


def _held(pid: int) -> int:
    """Bytes that it cannot give back: neither its page cache nor anything the kernel shrinks."""
    group = group_of(pid, "memory")
    stat = group.fields("memory.stat")
    if group.version == 1:
        kernel = group.number("memory.kmem.usage_in_bytes")
        return stat["total_rss"] + stat["total_shmem"] + kernel
    return stat["anon"] + stat["shmem"] + stat.get("kernel", 0)


def _ended(pid: int) -> int:
    group = group_of(pid, "memory")
    name = "memory.oom_control" if group.version == 1 else "memory.events"
    return group.fields(name).get("oom_kill", 0)
