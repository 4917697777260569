"""cpu: a service gets less of the processor, as beside a noisy neighbour.

Mechanism: the container's quota of CPU time is lowered through the engine (``CpuQuota``, or
``NanoCpus`` where the file sets ``cpus``); it may use its share of every 100 ms and then waits.
Parameter: ``cores``, a share of one core, below what the service has.
Proof of bite: the kernel has the quota, and counted periods in which the service had to wait
(``nr_throttled``). One that needed no more than its share was not affected: not observed.
Undo: the quota from before is restored; none where there was none. A quota survives a restart, so
the undo applies to the container that exists at that time.
Proof of absence: the kernel has the quota from before, the service is ready.
Backends: docker.
Source: kernel ``scheduler/sched-bwc``, engine API ``ContainerUpdate``.
"""

from gonogo.linux import UNLIMITED, group_of
from gonogo.vocabulary import Evidence, System, UsageError
from gonogo_faults.catalogue._limits import LimitFault
from gonogo_faults.mechanisms import running_container

_PERIOD_US = 100_000
_NANO = 1_000_000_000
# The kernel's least quota is 1 ms.
_CORES_MIN = 0.01


class Cpu(LimitFault):
    """Give the selected services a share of one core.

    Args:
        cores: how much, at least 0.01.

    Raises:
        UsageError: it is less than that.
    """

    name = "cpu"

    def __init__(self, cores: float) -> None:
        if not cores >= _CORES_MIN:
            raise UsageError(
                f"cpu cannot have cores {cores!r}", where="fault cpu", hint="0.01 or more"
            )
        super().__init__({"cores": cores})
        self._cores = cores

    def _lower(self, system: System, service: str) -> tuple[str, int]:
        had = running_container(system.run, service).limits["NanoCpus"]
        if had <= 0:
            return "CpuQuota", int(self._cores * _PERIOD_US)
        wanted = int(self._cores * _NANO)
        if wanted >= had:
            raise UsageError(
                f"cpu would leave service {service} {self._cores:g} cores, and it has no more",
                where="fault cpu",
                hint=f"less than {had / _NANO:g}",
            )
        return "NanoCpus", wanted

    def _observe(self, system: System, service: str) -> Evidence:
        pid = running_container(system.run, service).pid
        quota = self._in_kernel(pid)
        if quota == self._kernel_before[service]:
            return Evidence(False, f"{service}: the kernel's quota is {quota}, as before")
        waited = self._grown(pid)
        what = f"{service}: quota {quota}, had to wait in {waited} periods"
        return Evidence(waited > 0, what)

    def _in_kernel(self, pid: int) -> str:
        group = group_of(pid, "cpu")
        if group.version != 1:
            return group.text("cpu.max")
        quota = group.number("cpu.cfs_quota_us")
        period = group.text("cpu.cfs_period_us")
        return f"{UNLIMITED if quota < 0 else quota} {period}"

    def _counted(self, pid: int) -> int:
        return group_of(pid, "cpu").fields("cpu.stat")["nr_throttled"]
