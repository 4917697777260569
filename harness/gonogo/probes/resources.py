"""Resource probe: CPU, memory, threads and descriptors of each service, sampled."""

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gonogo.observation import mono_ns
from gonogo.probes.usage import Usage, read_usage
from gonogo.vocabulary import Recorder, System
from gonogo.vocabulary.events import Note, ResourceSampled

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
# A tenth of the default interval: this limits the error of a sample.
_READ_NS_MAX = 50_000_000
_READS_MAX = 3  # on a busy machine one may be stalled; when all are, there is no sample


@dataclass(frozen=True, slots=True)
class Limits:
    """What 100 % means for a service: its Compose limit, else the machine."""

    cores: float
    memory_bytes: int


def machine_limits() -> Limits:
    """The machine as a limit."""
    pages = os.sysconf("SC_PHYS_PAGES")
    return Limits(cores=float(os.cpu_count() or 1), memory_bytes=pages * _PAGE_BYTES)


def resource_sample(
    service: str, old: Usage, new: Usage, elapsed_ns: int, limits: Limits
) -> ResourceSampled | None:
    """What a service used between two readings, in percent of its limits.

    Args:
        service: its name.
        old: the reading before.
        new: the reading now.
        elapsed_ns: time between the two.
        limits: what 100 % means.

    Returns:
        The sample; None where the CPU time shrank: a restarted container counts from zero again,
        under the same name.
    """
    used_ns = sum(count - old.cpu_ns.get(who, 0) for who, count in new.cpu_ns.items())
    if used_ns < 0:
        return None
    return ResourceSampled(
        service=service,
        cpu_percent=round(100 * used_ns / elapsed_ns / limits.cores, 2),
        memory_percent=round(100 * new.memory_bytes / limits.memory_bytes, 3),
        rss_bytes=new.rss_bytes,
        threads=new.threads,
        fds=new.fds,
    )


def timed_usage(pids: Sequence[int]) -> tuple[int, Usage] | None:
    """The usage and when it was read, monotonic nanoseconds; None when the time is uncertain.

    This process may be stalled between reading the clock and reading the usage. The CPU time of
    the stall would then count for too short a time. So the clock is read before and after.

    Raises:
        OSError: the cgroup went away.
    """
    for _ in range(_READS_MAX):
        began_ns = mono_ns()
        usage = read_usage(pids)
        ended_ns = mono_ns()
        if ended_ns - began_ns <= _READ_NS_MAX:
            return (began_ns + ended_ns) // 2, usage
    return None


class ResourceSampler:
    """Samples every service each ``interval_s`` in a thread and records what it used.

    Args:
        system: whose processes to watch.
        limits: by service; what 100 % means.
        recorder: where the samples go.
        interval_s: time between samples.
    """

    def __init__(
        self,
        system: System,
        limits: Mapping[str, Limits],
        recorder: Recorder,
        *,
        interval_s: float = 0.5,
    ) -> None:
        self._system = system
        self._limits = limits
        self._recorder = recorder
        self._interval_s = interval_s
        self._stop = threading.Event()
        self._last: dict[str, tuple[int, Usage]] = {}
        self._thread = threading.Thread(target=self._run, name="resources", daemon=True)

    def __enter__(self) -> "ResourceSampler":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        try:
            while not self._stop.wait(self._interval_s):
                for service in self._system.services():
                    self.sample(service)
        except Exception as error:
            # Objectives on resources then have a gap in their samples, and a gap is INCONCLUSIVE.
            self._recorder.record(Note(text=f"resource sampling ended: {error!r}"))
            raise

    def sample(self, service: str) -> None:
        """Read the usage of one service now; record it when there was a reading before."""
        try:
            reading = timed_usage([each.pid for each in self._system.processes(service)])
        except OSError:
            return  # its cgroup disappeared while it was read: the service is down
        if reading is None:
            return  # the next sample covers the whole time since the last reading
        now_ns, usage = reading
        before = self._last.get(service)
        self._last[service] = reading
        if before is None or not usage.cpu_ns:
            return
        then_ns, old = before
        sample = resource_sample(service, old, usage, now_ns - then_ns, self._limits[service])
        if sample is not None:
            self._recorder.record(sample)
