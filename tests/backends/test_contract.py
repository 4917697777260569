"""The contract of every backend: what it starts, records and leaves behind."""

import contextlib
import http.client
import signal
import socket
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gonogo.backends import by_name
from gonogo.linux import processes_of_run, signal_identity, wait_until
from gonogo.services import supervised
from gonogo.target import Readiness
from gonogo.vocabulary import SystemNotReady, UsageError
from gonogo.vocabulary.events import ErrorOccurred, ServiceStateChanged
from tests.backends.builders import (
    PATIENCE_S,
    READY_S_MAX,
    STARTING_BACKENDS,
    Memory,
    redis,
    soon_ready,
    stay,
    web,
)
from tests.backends.conftest import Start

pytestmark = pytest.mark.parametrize("backend", STARTING_BACKENDS)


def _refuses(address: tuple[str, int]) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(address) != 0


def test_everything_is_ready_inside_and_gone_after(
    environment: Start, run_dir: Path, run: str, memory: Memory
) -> None:
    """Inside the block every service is ready; after it no process, port or state is left."""
    with environment(web(), redis()) as system:
        assert [soon_ready(system, name) for name in system.services()] == [True, True]
        addresses = [system.address("web", 80), system.address("redis", 6379)]
        assert (run_dir / "state").is_dir()
    assert processes_of_run(run, logs=(run_dir / "logs").glob("*")) == []
    assert all(_refuses(address) for address in addresses)
    assert not (run_dir / "state").exists()
    assert memory.states("web") == memory.states("redis") == ["starting", "ready", "stopped"]


def test_a_service_that_exits_at_start_is_named_with_its_last_words(
    environment: Start, run_dir: Path, run: str, memory: Memory
) -> None:
    """SystemNotReady names service, exit code and log tail, and the other services are stopped."""
    with pytest.raises(SystemNotReady) as fell, environment(web(), stay("worker", "exit", "3")):
        pass
    assert "worker" in str(fell.value)
    assert "code 3" in str(fell.value)
    assert "and that was it" in str(fell.value)
    exited = [each for each in memory.of(ServiceStateChanged) if each.state == "exited"]
    assert [(each.service, each.exit_code) for each in exited] == [("worker", 3)]
    assert "and that was it" in exited[0].log_tail[0]
    assert processes_of_run(run) == []
    assert not (run_dir / "state").exists(), memory.of(ErrorOccurred)


def test_a_service_in_a_crash_loop_falls_before_its_limit(environment: Start) -> None:
    """When all others are up, six exits in a row are enough; the limit is not waited for."""
    crashing = stay("worker", "exit", "1", restart="always",
                    ready=Readiness(log="never", timeout_s=600))  # fmt: skip
    with pytest.raises(SystemNotReady, match="exited 6 times in a row"), environment(crashing):
        pass


def test_a_service_that_never_becomes_ready_falls_at_its_limit(
    environment: Start, memory: Memory
) -> None:
    """SystemNotReady says how long was waited, and the state "unready" is recorded."""
    mute = stay(ready=Readiness(log="never said", timeout_s=0.5))
    with pytest.raises(SystemNotReady, match=r"not ready within 0\.5 s"), environment(mute):
        pass
    assert memory.states("stay") == ["starting", "unready", "stopped"]


def test_a_service_without_readiness_must_stay_up_for_a_moment(
    environment: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A running service is ready, but not one that exits at once, even with code 0."""
    # The wait ends when the service exits, so a long limit costs no time.
    monkeypatch.setattr(supervised, "_SETTLE_S", PATIENCE_S)
    with (
        pytest.raises(SystemNotReady, match="did not stay up"),
        environment(stay("job", "exit", "0", ready=None)),
    ):
        pass


def test_dependents_start_after_and_stop_before(environment: Start, memory: Memory) -> None:
    """service_healthy waits for readiness, service_started for a start; stopping reverses it."""
    slow = web("slow", ready=Readiness(log="/say/go", timeout_s=READY_S_MAX))
    healthy = stay("healthy", depends_on={"slow": "service_healthy"})
    started = stay("started", depends_on={"slow": "service_started"})
    system = environment(healthy, started, slow)

    def say_go() -> bool:
        host, port = system.address("slow", 80)
        with contextlib.suppress(OSError, http.client.HTTPException):
            return bool(urllib.request.urlopen(f"http://{host}:{port}/say/go", timeout=5).read())
        return False

    def let_go() -> bool:
        """Make it ready once the other has been started without that."""
        begun = wait_until(lambda: "started starting" in memory.order(), PATIENCE_S)
        return begun and wait_until(say_go, PATIENCE_S)

    with ThreadPoolExecutor(1) as pool:
        gone = pool.submit(let_go)
        with system:
            order = memory.order()
        assert gone.result()
    assert order.index("slow ready") < order.index("healthy starting")
    assert (
        order.index("slow starting") < order.index("started starting") < order.index("slow ready")
    )
    assert memory.order()[-1] == "slow stopped"


def test_circular_dependencies_are_a_usage_error(environment: Start) -> None:
    """Services that wait for each other are refused; the error names the cycle."""
    one = stay("one", depends_on={"two": "service_started"})
    two = stay("two", depends_on={"one": "service_started"})
    with pytest.raises(UsageError, match="circle"), environment(one, two):
        pass


def test_secrets_are_in_nothing_that_is_recorded(
    environment: Start, run_dir: Path, memory: Memory
) -> None:
    """A secret that the service prints is replaced by its name in events and messages."""
    talking = stay("talking", "exit", "1", environment={"PASSWORD": "hunter2/&x"})
    with (
        pytest.raises(SystemNotReady) as fell,
        environment(talking, secret_values={"PASSWORD": "hunter2/&x"}),
    ):
        pass
    recorded = f"{memory.events}{fell.value}"
    recorded += (run_dir / "environment.json").read_text()
    assert "hunter2" not in recorded
    assert "password is [PASSWORD]" in recorded


def test_a_service_deaf_to_sigterm_is_killed_after_its_grace(
    environment: Start, run: str, memory: Memory
) -> None:
    """It gets SIGTERM and, after the grace time, SIGKILL; the record says so."""
    with environment(stay("deaf", "deaf", stop_grace_s=0.3)):
        pass
    assert processes_of_run(run) == []
    assert "ignored SIGTERM" in memory.of(ServiceStateChanged)[-1].detail


def test_log_readiness_is_that_of_the_current_incarnation(
    environment: Start, memory: Memory
) -> None:
    """A ready line of an earlier start does not make the next one ready."""
    marks = {"marks": "/marks"}
    service = stay("once", "once", "{data:/marks}/mark", volumes=marks, restart="always")
    with environment(service) as system:
        first = system.processes("once")[0]
        assert soon_ready(system, "once")
        system._supervised["once"].ready_s_max = 0.3  # of the next start: the first may take long
        assert signal_identity(first, signal.SIGKILL)
        assert wait_until(lambda: "unready" in memory.states("once"), PATIENCE_S)
        assert not system.is_ready("once")


def test_two_runs_at_once_do_not_collide(
    environment: Start, tmp_path: Path, memory: Memory, backend: str, run: str
) -> None:
    """Two environments of the same target get different ports and end apart."""
    twin = environment(web())
    with environment(web()) as one:
        make, second = by_name(backend).environment, f"{run}-b"
        other = make(twin._target, tmp_path / "runs" / second, second, memory)
        with other as two:
            assert one.address("web", 80) != two.address("web", 80)
        assert soon_ready(one, "web")
