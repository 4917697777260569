"""Faults that overlap: on one resource the second is refused, on different ones both are armed."""

import json
import subprocess
import sys

import pytest

from gonogo.backends import SupervisedEnvironment
from gonogo.linux import read_stat
from gonogo.vocabulary import UsageError
from gonogo.vocabulary.events import FaultHealed, FaultIntended
from gonogo_faults import make_fault, open_intents
from tests.backends.builders import Memory
from tests.faults.conftest import Arm
from tests.faults.in_containers import ARMER, armer_that_stays, killed_armer


def _states(system: SupervisedEnvironment, service: str) -> set[str]:
    stats = [read_stat(each.pid) for each in system.processes(service)]
    return {stat.state for stat in stats if stat is not None}


@pytest.mark.runs("worker")
def test_the_same_fault_twice_on_one_service_is_refused(
    system: SupervisedEnvironment, arm: Arm, memory: Memory
) -> None:
    """The refusal names the active fault, its service and its start, and heals nothing."""
    with arm(make_fault("pause"), "worker") as outer:
        with pytest.raises(UsageError) as refused, arm(make_fault("pause"), "worker"):
            pass
        assert _states(system, "worker") == {"T"}
        assert [each.id for each in open_intents(system.run_dir)] == [outer.id]
    said = str(refused.value)
    assert "fault label (pause) is active on service worker since " in said
    assert outer.absent
    assert len(memory.of(FaultIntended)) == len(memory.of(FaultHealed)) == 1


@pytest.mark.runs("worker")
def test_two_faults_on_the_same_processes_are_refused(
    system: SupervisedEnvironment, arm: Arm
) -> None:
    """A kill during a pause would end the pause, while the records say that it is active."""
    before = system.processes("worker")
    with arm(make_fault("pause"), "worker"):
        with pytest.raises(UsageError, match="is active"), arm(make_fault("kill"), "*"):
            pass
        assert system.processes("worker") == before
        assert _states(system, "worker") == {"T"}


@pytest.mark.runs("worker")
def test_the_refusal_holds_across_processes(system: SupervisedEnvironment, arm: Arm) -> None:
    """A fault that another live process has armed is refused here, and vice versa."""
    with armer_that_stays(system, "pause", "worker", "{}"):
        with pytest.raises(UsageError, match="is active"), arm(make_fault("pause"), "worker"):
            pass
        assert _states(system, "worker") == {"T"}
    # The first process has ended and healed its fault.
    with arm(make_fault("pause"), "worker") as ours:
        command = [sys.executable, "-c", ARMER, str(system.run_dir), "pause", "worker", "{}"]
        theirs = subprocess.run(command, capture_output=True, text=True, check=False)
        assert theirs.returncode != 0
        assert "is active on service worker" in theirs.stderr
        assert _states(system, "worker") == {"T"}
    assert ours.absent


@pytest.mark.runs("worker")
def test_a_fault_left_by_a_dead_process_is_active(system: SupervisedEnvironment, arm: Arm) -> None:
    """Until it is healed its service stays stopped, so no other fault may stop it."""
    with (
        killed_armer(system, "pause", "worker", json.dumps({})),
        pytest.raises(UsageError, match="is active"),
        arm(make_fault("pause"), "worker"),
    ):
        pass


@pytest.mark.runs("web", "worker")
def test_the_same_fault_on_different_services_is_armed(arm: Arm) -> None:
    """Two services do not interfere: both faults are observed, and both are gone after."""
    with (
        arm(make_fault("pause"), "web") as one,
        arm(make_fault("pause"), "worker") as other,
    ):
        assert one.observed
        assert other.observed
    assert one.absent
    assert other.absent


def test_a_pause_under_a_slow_edge_is_armed(edged: SupervisedEnvironment, arm_edge: Arm) -> None:
    """An edge and the service behind it are two resources."""
    with (
        arm_edge(make_fault("slow", latency_ms=20), "api->redis") as slow,
        arm_edge(make_fault("pause"), "direct") as pause,
    ):
        assert slow.observed, slow.evidence
        assert pause.observed, pause.evidence
    assert slow.absent
    assert pause.absent


@pytest.mark.parametrize(
    ("outer", "inner", "composes"),
    [
        (("slow", {"latency_ms": 20}), ("bandwidth", {"kb_per_s": 1000}), True),
        (("slow", {"latency_ms": 20}), ("cut", {}), False),
        (("cut", {}), ("cut", {}), False),
        (("redis-error", {}), ("redis-error", {"reply": "BUSY"}), False),
        (("redis-error", {}), ("reset", {}), False),
    ],
)
def test_faults_on_one_edge(
    arm_edge: Arm,
    outer: tuple[str, dict[str, int]],
    inner: tuple[str, dict[str, int]],
    composes: bool,
) -> None:
    """Delays can be combined; ``cut`` and toxics that end or answer requests cannot."""
    (name, given), (other, other_given) = outer, inner
    now = {"observe_timeout_s": 0.0}
    with arm_edge(make_fault(name, **given), "api->redis", **now):
        if composes:
            with arm_edge(make_fault(other, **other_given), "api->redis", **now):
                pass
        else:
            refused = pytest.raises(UsageError, match="is active on edge api->redis")
            with refused, arm_edge(make_fault(other, **other_given), "api->redis", **now):
                pass
