"""ResourceSampler on real processes: what they use is what is recorded."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.environment import identify
from harness.probes import Limits, ResourceSampler, machine_limits, read_usage
from harness.vocabulary import Kind, ProcessIdentity

WORKER = Path(__file__).parent / "worker.py"
MIB = 1024 * 1024
INTERVAL_S = 0.2  # twenty clock ticks: CPU time in steps of 5 %
BRISK_S = 0.03
WAIT_S_MAX = 8.0
Samples = Callable[[int], list[dict[str, Any]]]


class Worker:
    """A process that uses what it is told to."""

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
        """Have it done."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{wish}\n")
        self.process.stdin.flush()
        assert self._answer() == "done"

    def cpu_s(self) -> float:
        """CPU time it has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(errors="replace").rpartition(")")[2]
        return sum(int(ticks) for ticks in fields.split()[11:13]) / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        """End and reap it."""
        self.process.kill()
        self.process.communicate()

    def _answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@dataclass
class OneService:
    """A system of one service, whose processes change as the test says."""

    pids: list[int] = field(default_factory=list)

    def services(self) -> list[str]:
        """The one."""
        return ["worker"]

    def processes(self, service: str) -> list[ProcessIdentity]:
        """Those of now; whoever has ended is still named, as in a race."""
        return [identify(pid) or ProcessIdentity(pid, 0, "run") for pid in self.pids]


class Waiting:
    """A recorder one can wait on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._samples: list[dict[str, Any]] = []

    def record(self, kind: str, /, **data: Any) -> None:
        """Keep it and tell who waits."""
        assert kind == Kind.RESOURCE
        with self._changed:
            self._samples.append(data)
            self._changed.notify_all()

    def next(self, count: int) -> list[dict[str, Any]]:
        """So many further samples, but for the first, which began before the question."""
        with self._changed:
            begin = len(self._samples) + 1
            enough = self._changed.wait_for(lambda: len(self._samples) >= begin + count, WAIT_S_MAX)
            assert enough, "the sampler does not sample"
            return self._samples[begin : begin + count]


@pytest.fixture
def worker() -> Iterator[Worker]:
    """A process at rest."""
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
    """A process at rest uses next to nothing; a busy loop what it gets of a core; then rest."""
    with sampling(system, interval_s=INTERVAL_S) as samples:
        assert min(each["cpu_percent"] for each in samples(2)) <= 10
        worker.do("burn")
        began, used_s = time.monotonic(), worker.cpu_s()
        busy = [each["cpu_percent"] for each in samples(4)]
        # Others may take it off the core: what it really got is the measure.
        share = (worker.cpu_s() - used_s) / (time.monotonic() - began)
        assert sum(busy) / len(busy) == pytest.approx(100 * share, rel=0.35)
        assert max(busy) <= 120
        worker.do("rest")
        assert min(each["cpu_percent"] for each in samples(2)) <= 10


def test_two_processes_add_up(worker: Worker, system: OneService, samples: Samples) -> None:
    """A service is the sum of its processes: threads and descriptors of both count."""
    alone = samples(1)[0]
    second = Worker()
    try:
        system.pids.append(second.pid)
        both = samples(1)[0]
        assert both["threads"] == 2 * alone["threads"]
        assert both["fds"] > alone["fds"]
        assert both["rss_bytes"] > 1.5 * alone["rss_bytes"]
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
    """64 MiB more, three threads more, ten descriptors more show as just that."""
    before = samples(1)[0][key]
    worker.do(wish)
    assert least <= samples(1)[0][key] - before <= most


def test_a_process_that_exits(worker: Worker, system: OneService, samples: Samples) -> None:
    """A dead process is no sample of zero; a new one in its place is sampled again."""
    second = Worker()
    try:
        system.pids.append(second.pid)
        worker.end()
        after = samples(2)[-1]
        assert after["threads"] == 1
        assert after["cpu_percent"] >= 0
    finally:
        second.end()


def test_nobody_is_no_sample(worker: Worker) -> None:
    """A service that is down is not recorded as one that uses nothing."""
    recorder, looked = Waiting(), threading.Semaphore(0)

    class Down(OneService):
        def processes(self, service: str) -> list[ProcessIdentity]:
            looked.release()
            return super().processes(service)

    worker.end()
    limits = {"worker": machine_limits()}
    with ResourceSampler(Down([worker.pid]), limits, recorder, interval_s=0.01):  # type: ignore[arg-type]
        assert all(looked.acquire(timeout=WAIT_S_MAX) for _ in range(4))
    assert recorder._samples == []


def test_a_name_that_is_no_text(worker: Worker, samples: Samples) -> None:
    """A process whose name was cut in the middle of a character is measured like any other."""
    worker.do("name")
    assert b"na\xc3" in Path(f"/proc/{worker.pid}/stat").read_bytes()
    assert all(each["threads"] == 1 for each in samples(2))


def test_limits_scale_the_percentages(worker: Worker, system: OneService) -> None:
    """A core of four is a quarter, and memory is told in percent of its own limit."""
    worker.do("burn")
    with (
        sampling(system, interval_s=INTERVAL_S) as of_one,
        sampling(system, cores=4.0, memory_mib=256, interval_s=INTERVAL_S) as of_four,
    ):
        whole, found = of_one(3), of_four(3)
    ratio = sum(each["cpu_percent"] for each in whole) / sum(each["cpu_percent"] for each in found)
    # One after the other, on a machine that gives the worker more of a core now and less then.
    assert 2 < ratio < 8
    for each in found:
        percent = each["rss_bytes"] / (256 * MIB) * 100
        assert each["memory_percent"] == pytest.approx(percent, abs=0.01)


def test_usage_of_a_pid_that_is_gone(worker: Worker) -> None:
    """Asking for a process that has ended counts nothing and is no exception."""
    worker.end()
    gone = read_usage([worker.pid])
    assert (dict(gone.cpu_ns), gone.rss_bytes, gone.threads, gone.fds) == ({}, 0, 0, 0)
    (mine,) = read_usage([worker.pid, os.getpid()]).cpu_ns
    assert mine.startswith(f"{os.getpid()}@")


def test_the_machine_as_limit() -> None:
    """Without a limit 100 % is what the kernel says this machine has."""
    (line,) = (x for x in Path("/proc/meminfo").read_text().splitlines() if "MemTotal" in x)
    limits = machine_limits()
    assert limits.cores == os.cpu_count()
    assert limits.memory_bytes == int(line.split()[1]) * 1024
