"""pause: its effect and its removal, on real services."""

import signal
import socket
import threading
import time

import pytest

from gonogo.backends import SupervisedEnvironment
from gonogo.linux import read_stat, signal_identity
from gonogo.vocabulary import BlastRadius
from gonogo.vocabulary.events import FaultAbsent, FaultHealed
from gonogo_faults import make_fault
from gonogo_faults.catalogue import Pause
from tests.backends.builders import PATIENCE_S, STARTING_BACKENDS, Memory, soon_ready
from tests.faults.conftest import Arm

pytestmark = pytest.mark.parametrize("backend", STARTING_BACKENDS)


def _states(system: SupervisedEnvironment, service: str) -> set[str]:
    stats = [read_stat(each.pid) for each in system.processes(service)]
    return {stat.state for stat in stats if stat is not None}


def _answers(address: tuple[str, int], within_s: float) -> bool:
    with socket.create_connection(address, PATIENCE_S) as connection:
        connection.settimeout(within_s)
        connection.sendall(b"PING\r\n")
        try:
            return connection.recv(1) != b""
        except TimeoutError:
            return False


@pytest.mark.parametrize(
    ("service", "proof"),
    [("web", "port silent"), ("redis", "port silent"), ("worker", "no CPU time used")],
)
@pytest.mark.runs("service")
def test_it_bites_and_is_gone_after(
    system: SupervisedEnvironment, arm: Arm, service: str, proof: str
) -> None:
    """All processes are stopped, a canary shows it, and the same processes continue afterwards."""
    before = system.processes(service)
    with arm(make_fault("pause"), service) as fault:
        assert fault.observed
        assert proof in fault.evidence.what
        assert _states(system, service) == {"T"}
    assert fault.absent
    assert system.processes(service) == before
    assert "T" not in _states(system, service)
    assert soon_ready(system, service)


@pytest.mark.runs("redis")
def test_connections_are_accepted_and_not_answered(system: SupervisedEnvironment, arm: Arm) -> None:
    """A client of a paused Redis hangs; it is not refused."""
    address = system.address("redis", 6379)
    assert _answers(address, PATIENCE_S)
    with arm(make_fault("pause"), "redis"):
        assert not _answers(address, 0.2)
    assert _answers(address, PATIENCE_S)


@pytest.mark.runs("redis")
def test_it_heals_itself_when_its_time_is_over(
    system: SupervisedEnvironment, arm: Arm, memory: Memory
) -> None:
    """At the end of its blast radius the timer heals it while the block still goes on."""
    radius = BlastRadius(("redis",), duration_s_max=0.6)
    began = time.monotonic()
    with arm(make_fault("pause"), "redis", radius=radius) as fault:
        assert fault.wait_healed(PATIENCE_S)
        assert time.monotonic() - began >= 0.6
        assert "T" not in _states(system, "redis")
    assert [each.by for each in memory.of(FaultHealed)] == ["timer"]
    assert fault.absent


@pytest.mark.runs("web")
def test_early_healing_heals_once(system: SupervisedEnvironment, arm: Arm, memory: Memory) -> None:
    """heal() proves the absence at once; the end of the block adds nothing."""
    with arm(make_fault("pause"), "web") as fault:
        threads = [threading.Thread(target=fault.heal) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert fault.absent
        assert soon_ready(system, "web")
    assert len(memory.of(FaultHealed)) == len(memory.of(FaultAbsent)) == 1


@pytest.mark.runs("web")
def test_a_pause_that_stops_no_process_is_not_observed(
    arm: Arm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When arming does nothing, the processes run and the fault is not observed."""
    monkeypatch.setattr(Pause, "arm", lambda *_: None)
    with arm(make_fault("pause"), "web", observe_timeout_s=0.1) as fault:
        assert not fault.observed
        assert "runs" in fault.evidence.what


@pytest.mark.runs("worker")
def test_a_half_pause_is_not_observed(
    system: SupervisedEnvironment, arm: Arm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stopped parent with a running child is not a paused service."""

    def half(*_: object) -> None:
        assert signal_identity(system.processes("worker")[0], signal.SIGSTOP)

    monkeypatch.setattr(Pause, "arm", half)
    with arm(make_fault("pause"), "worker", observe_timeout_s=0.3) as fault:
        assert not fault.observed
    assert "T" not in _states(system, "worker")
