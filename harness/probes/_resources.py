"""Resource probe: CPU, memory, threads and descriptors of each service, sampled."""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from harness.observation import mono_ns
from harness.probes._usage import Usage, read_usage
from harness.vocabulary import Kind, Recorder, System

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Limits:
    """What 100 % means for a service: its Compose limit, else the machine."""

    cores: float
    memory_bytes: int


def machine_limits() -> Limits:
    """The machine as a limit."""
    pages = os.sysconf("SC_PHYS_PAGES")
    return Limits(cores=float(os.cpu_count() or 1), memory_bytes=pages * _PAGE_BYTES)


def resource_figures(
    old: Usage, new: Usage, elapsed_ns: int, limits: Limits
) -> dict[str, float] | None:
    """What one sample says of a service: the figures of a RESOURCE event.

    Args:
        old: the look before.
        new: the look now.
        elapsed_ns: time between the two.
        limits: what 100 % means.

    Returns:
        ``cpu_percent`` and ``memory_percent`` of the limits, ``rss_bytes``, ``threads`` and
        ``fds``; nothing where the CPU time shrank: a restarted container counts from zero again,
        under the same name.
    """
    used_ns = sum(count - old.cpu_ns.get(who, 0) for who, count in new.cpu_ns.items())
    if used_ns < 0:
        return None
    return {
        "cpu_percent": round(100 * used_ns / elapsed_ns / limits.cores, 2),
        "memory_percent": round(100 * new.memory_bytes / limits.memory_bytes, 3),
        "rss_bytes": new.rss_bytes,
        "threads": new.threads,
        "fds": new.fds,
    }


class ResourceSampler:
    """Samples every service each ``interval_s`` in a thread and records RESOURCE events.

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
            self._recorder.record(Kind.NOTE, text=f"resource sampling ended: {error!r}")
            raise

    def _sample(self, service: str) -> None:
        now_ns = mono_ns()
        try:
            usage = read_usage([each.pid for each in self._system.processes(service)])
        except OSError:
            return  # its cgroup went away while it was read: it is down, which is no sample
        before = self._last.get(service)
        self._last[service] = (now_ns, usage)
        if before is None or not usage.cpu_ns:
            return
        then_ns, old = before
        figures = resource_figures(old, usage, now_ns - then_ns, self._limits[service])
        if figures is not None:
            self._recorder.record(Kind.RESOURCE, service=service, **figures)
