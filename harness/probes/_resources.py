"""Resource probe: CPU, memory, threads and descriptors of each service, from /proc."""

import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.observation import mono_ns
from harness.vocabulary import Kind, Recorder, System

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Limits:
    """What 100 % means for a service: its Compose limit, else the machine."""

    cores: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Sums over a service's processes at one moment.

    ``cpu_ticks`` by pid, so that a process that ended does not make the sum shrink.
    """

    cpu_ticks: Mapping[int, int]
    rss_bytes: int
    threads: int
    fds: int


def machine_limits() -> Limits:
    """The machine as a limit."""
    pages = os.sysconf("SC_PHYS_PAGES")
    return Limits(cores=float(os.cpu_count() or 1), memory_bytes=pages * PAGE_BYTES)


def read_usage(pids: Iterable[int]) -> Usage:
    """Sum up ``/proc/PID/{stat,status,fd}``; processes that are gone count nothing."""
    ticks: dict[int, int] = {}
    rss_bytes = threads = fds = 0
    for pid in pids:
        folder = Path("/proc") / str(pid)
        try:
            # A process may call itself by any bytes; the kernel cuts names at 15 of them.
            stat = (folder / "stat").read_text(errors="replace")
            # RssAnon: pages shared with siblings by fork or a mapped file are not a service's own.
            status = (folder / "status").read_text(errors="replace")
            fds += len(os.listdir(folder / "fd"))
        except OSError:
            continue
        fields = stat.rpartition(")")[2].split()
        ticks[pid] = int(fields[11]) + int(fields[12])
        threads += int(fields[17])
        rss_bytes += _anonymous_bytes(status)
    return Usage(ticks, rss_bytes, threads, fds)


def _anonymous_bytes(status: str) -> int:
    for line in status.splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0


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
        usage = read_usage(identity.pid for identity in self._system.processes(service))
        before = self._last.get(service)
        self._last[service] = (now_ns, usage)
        if before is None or not usage.cpu_ticks:
            return
        then_ns, old = before
        ticks = sum(count - old.cpu_ticks.get(pid, 0) for pid, count in usage.cpu_ticks.items())
        limits = self._limits[service]
        cores = ticks / TICKS_PER_S / ((now_ns - then_ns) / 1e9)
        self._recorder.record(
            Kind.RESOURCE,
            service=service,
            cpu_percent=round(100 * cores / limits.cores, 2),
            memory_percent=round(100 * usage.rss_bytes / limits.memory_bytes, 3),
            rss_bytes=usage.rss_bytes,
            threads=usage.threads,
            fds=usage.fds,
        )
