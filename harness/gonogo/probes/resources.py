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
# A tenth of the default interval: a figure is off by no more than what two looks are unsure of.
_LOOK_NS_MAX = 50_000_000
_LOOKS_MAX = 3  # on a busy machine one may be held up; where all are, the figure waits


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
    """What a service used between two looks, in percent of its limits.

    Args:
        service: its name.
        old: the look before.
        new: the look now.
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
    """One look and when it was: monotonic nanoseconds; None when that is not known well enough.

    Between reading a clock and reading the usage this process may be stalled. The CPU time of
    the stall would then be counted to too short a time, so the clock is read on both sides.

    Raises:
        OSError: the cgroup went away.
    """
    for _ in range(_LOOKS_MAX):
        began_ns = mono_ns()
        usage = read_usage(pids)
        ended_ns = mono_ns()
        if ended_ns - began_ns <= _LOOK_NS_MAX:
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
                    self._sample(service)
        except Exception as error:
            # What objectives on resources then lack is a gap, and a gap is INCONCLUSIVE.
            self._recorder.record(Note(text=f"resource sampling ended: {error!r}"))
            raise

    def _sample(self, service: str) -> None:
        try:
            look = timed_usage([each.pid for each in self._system.processes(service)])
        except OSError:
            return  # its cgroup went away while it was read: it is down, which is no sample
        if look is None:
            return  # the next one tells of the time since the last that was kept
        now_ns, usage = look
        before = self._last.get(service)
        self._last[service] = look
        if before is None or not usage.cpu_ns:
            return
        then_ns, old = before
        sample = resource_sample(service, old, usage, now_ns - then_ns, self._limits[service])
        if sample is not None:
            self._recorder.record(sample)
