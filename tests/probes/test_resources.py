"""ResourceSampler on real processes: the samples show what they use."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gonogo.linux import identify
from gonogo.probes import (
    Limits,
    ResourceSampler,
    Usage,
    machine_limits,
    read_usage,
    resource_sample,
    resources,
)
from gonogo.vocabulary import Occurrence, ProcessIdentity
from gonogo.vocabulary.events import ResourceSampled

WORKER = Path(__file__).parent / "worker.py"
MIB = 1024 * 1024
INTERVAL_S = 0.2  # twenty clock ticks: CPU time in steps of 5 %
BRISK_S = 0.03
WAIT_S_MAX = 60.0
Samples = Callable[[int], list[ResourceSampled]]


class Worker:
    """A process that uses resources on request."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._answer() == "ready"

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def do(self, wish: str) -> None:
        """Make a request and wait until it is done."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{wish}\n")
        self.process.stdin.flush()
        assert self._answer() == "done"

    def end(self) -> None:
        """End and reap it."""
        self.process.kill()
        self.process.communicate()

    def _answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@dataclass
class OneService:
    """A system of one service, whose processes the test can change."""

    pids: list[int] = field(default_factory=list)

    def services(self) -> list[str]:
        """The one service."""
        return ["worker"]

    def processes(self, service: str) -> list[ProcessIdentity]:
        """Its processes; one that has ended is still named, as in a race."""
        return [identify(pid) or ProcessIdentity(pid, 0, "run") for pid in self.pids]


class Waiting:
    """A recorder that a test can wait for."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.samples: list[ResourceSampled] = []

    def record(self, what: Occurrence, /) -> None:
        """Keep the sample and wake the test."""
        assert isinstance(what, ResourceSampled)
        with self._changed:
            self.samples.append(what)
            self._changed.notify_all()

    def next(self, count: int) -> list[ResourceSampled]:
        """The next samples, without the first, which began before this call."""
        with self._changed:
            begin = len(self.samples) + 1
            enough = self._changed.wait_for(lambda: len(self.samples) >= begin + count, WAIT_S_MAX)
            assert enough, "the sampler does not sample"
            return self.samples[begin : begin + count]


@pytest.fixture
def worker() -> Iterator[Worker]:
    """An idle process."""
    made = Worker()
    yield made
    made.end()


@pytest.fixture
def system(worker: Worker) -> OneService:
    """A system that consists of the worker."""
    return OneService([worker.pid])


@pytest.fixture
def samples(system: OneService) -> Iterator[Samples]:
    """Waits for new samples of the worker; 100 % is one core and 1 GiB."""
    with sampling(system, interval_s=BRISK_S) as found:
        yield found


@contextmanager
def sampling(
    system: OneService, *, cores: float = 1.0, memory_mib: int = 1024, interval_s: float
) -> Iterator[Samples]:
    """Sample while the block runs."""
    recorder = Waiting()
    limits = {"worker": Limits(cores=cores, memory_bytes=memory_mib * MIB)}
    with ResourceSampler(system, limits, recorder, interval_s=interval_s):  # type: ignore[arg-type]
        yield recorder.next


def test_rest_and_a_core(worker: Worker, system: OneService) -> None:
    """An idle process uses almost no CPU, a busy loop its share of a core, then almost none."""
    with sampling(system, interval_s=INTERVAL_S) as samples:
        assert min(each.cpu_percent for each in samples(2)) <= 10
        worker.do("burn")
        # Other processes may use the core for a while.
        end = time.monotonic() + WAIT_S_MAX
        seen = [samples(1)[0].cpu_percent]
        while max(seen) < 20 and time.monotonic() < end:
            seen += [samples(1)[0].cpu_percent]
        assert 20 <= max(seen) <= 200, seen
        worker.do("rest")
        assert min(each.cpu_percent for each in samples(2)) <= 10


def test_two_processes_add_up(worker: Worker, system: OneService, samples: Samples) -> None:
    """A service is the sum of its processes: threads and descriptors of both count."""
    alone = samples(1)[0]
    second = Worker()
    try:
        system.pids.append(second.pid)
        both = samples(1)[0]
        assert both.threads == 2 * alone.threads
        assert both.fds > alone.fds
        assert both.rss_bytes > 1.5 * alone.rss_bytes
    finally:
        second.end()


@pytest.mark.parametrize(
    ("wish", "key", "least", "most"),
    [
        ("grow", "rss_bytes", 60 * MIB, 80 * MIB),
        ("grow", "memory_percent", 6, 8),
        ("threads", "threads", 3, 3),
        ("files", "fds", 10, 10),
    ],
)
def test_growth_is_seen(
    worker: Worker, samples: Samples, wish: str, key: str, least: float, most: float
) -> None:
    """64 MiB, three threads and ten descriptors more are visible as exactly that."""
    before = getattr(samples(1)[0], key)
    worker.do(wish)
    assert least <= getattr(samples(1)[0], key) - before <= most


def test_a_process_that_exits(worker: Worker, system: OneService, samples: Samples) -> None:
    """A dead process gives no sample; a new one in its place is sampled again."""
    second = Worker()
    try:
        system.pids.append(second.pid)
        worker.end()
        after = samples(2)[-1]
        assert after.threads == 1
        assert after.cpu_percent >= 0
    finally:
        second.end()


def test_a_service_that_is_down_has_no_sample(worker: Worker) -> None:
    """A service that is down is not recorded as a service that uses nothing."""
    recorder, looked = Waiting(), threading.Semaphore(0)

    class Down(OneService):
        def processes(self, service: str) -> list[ProcessIdentity]:
            looked.release()
            return super().processes(service)

    worker.end()
    limits = {"worker": machine_limits()}
    with ResourceSampler(Down([worker.pid]), limits, recorder, interval_s=0.01):  # type: ignore[arg-type]
        assert all(looked.acquire(timeout=WAIT_S_MAX) for _ in range(4))
    assert recorder.samples == []


def test_a_name_that_is_no_text(worker: Worker, samples: Samples) -> None:
    """A process whose name was cut in the middle of a character is measured like any other."""
    worker.do("name")
    assert b"na\xc3" in Path(f"/proc/{worker.pid}/stat").read_bytes()
    assert all(each.threads == 1 for each in samples(2))


@pytest.mark.parametrize(
    ("cores", "memory_mib", "cpu_percent", "memory_percent"),
    [(1.0, 1024, 75.0, 6.25), (4.0, 256, 18.75, 25.0)],
)
def test_limits_scale_the_percentages(
    cores: float, memory_mib: int, cpu_percent: float, memory_percent: float
) -> None:
    """CPU and memory are percentages of the service's own limits."""
    old, new = a_look({"1@1": 1000, "2@1": 50}), a_look({"1@1": 1600, "3@9": 150})
    sample = resource_sample("worker", old, new, 1000, Limits(cores, memory_mib * MIB))
    assert sample == ResourceSampled(
        "worker",
        cpu_percent=cpu_percent,
        memory_percent=memory_percent,
        rss_bytes=new.rss_bytes,
        threads=new.threads,
        fds=new.fds,
    )


def test_a_count_that_begins_again_is_no_sample() -> None:
    """When the CPU time has shrunk, as after a restart of a container, there is no sample."""
    limits = Limits(cores=1.0, memory_bytes=MIB)
    assert resource_sample("worker", a_look({"c": 900}), a_look({"c": 100}), 1000, limits) is None


@pytest.mark.parametrize(
    ("clock_ns", "at_ns"),
    [
        ([1000, 3000], 2000),
        ([0, 5_000_000_000, 6_000_000_000, 6_000_004_000], 6_000_002_000),
        ([0, 1_000_000_000] * 3, None),
    ],
    ids=["at-once", "held-up-once", "held-up-each-time"],
)
def test_a_look_that_was_held_up(
    monkeypatch: pytest.MonkeyPatch, clock_ns: list[int], at_ns: int | None
) -> None:
    """A reading with a stall in it is repeated; when all are stalled there is no sample."""
    clock = iter(clock_ns)
    usages = [a_look({"1@1": count}) for count in (100, 200, 300)]
    looks = iter(usages)
    monkeypatch.setattr(resources, "mono_ns", lambda: next(clock))
    monkeypatch.setattr(resources, "read_usage", lambda _pids: next(looks))
    expected = None if at_ns is None else (at_ns, usages[len(clock_ns) // 2 - 1])
    assert resources.timed_usage([1]) == expected
    assert list(clock) == [], "there were fewer readings than expected"


def test_the_time_of_a_look_that_was_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a missing reading the next sample covers the whole time since the last one."""
    second_ns = 1_000_000_000
    looks = iter([(0, a_look({"1@1": 0})), None, (2 * second_ns, a_look({"1@1": second_ns}))])
    monkeypatch.setattr(resources, "timed_usage", lambda _pids: next(looks))
    recorder = Waiting()
    limits = {"worker": Limits(cores=1.0, memory_bytes=1024 * MIB)}
    sampler = ResourceSampler(OneService(), limits, recorder)  # type: ignore[arg-type]
    for _ in range(3):
        sampler.sample("worker")
    assert [each.cpu_percent for each in recorder.samples] == [50.0]


def a_look(cpu_ns: dict[str, int]) -> Usage:
    """A reading with this CPU time, and 64 MiB of which half is anonymous."""
    return Usage(cpu_ns, rss_bytes=32 * MIB, memory_bytes=64 * MIB, threads=2, fds=5)


def test_usage_of_a_pid_that_is_gone(worker: Worker) -> None:
    """A process that has ended counts nothing and raises nothing."""
    worker.end()
    gone = read_usage([worker.pid])
    assert (dict(gone.cpu_ns), gone.rss_bytes, gone.threads, gone.fds) == ({}, 0, 0, 0)
    (mine,) = read_usage([worker.pid, os.getpid()]).cpu_ns
    assert mine.startswith(f"{os.getpid()}@")


def test_the_machine_as_limit() -> None:
    """Without a limit 100 % is all cores and memory of the machine."""
    (line,) = (x for x in Path("/proc/meminfo").read_text().splitlines() if "MemTotal" in x)
    limits = machine_limits()
    assert limits.cores == os.cpu_count()
    assert limits.memory_bytes == int(line.split()[1]) * 1024
