"""Faults that overlap: on one resource the second is refused, on different ones both are armed."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from gonogo.backends import SupervisedEnvironment
from gonogo.linux import read_stat
from gonogo.vocabulary import EnvironmentFailed, UsageError
from gonogo.vocabulary.events import FaultHealed, FaultIntended, Note
from gonogo_faults import FaultNotArmed, heal_all, make_fault, open_intents
from gonogo_faults.undo import SendSignal
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
def test_a_fault_left_by_a_dead_process_is_healed_first(
    system: SupervisedEnvironment, arm: Arm, memory: Memory
) -> None:
    """Its own process cannot take it back any more; then the next fault is armed."""
    with (
        killed_armer(system, "pause", "worker", json.dumps({})),
        arm(make_fault("pause"), "worker") as fault,
    ):
        assert memory.of(FaultHealed)[0].label == "pause"
        assert fault.observed
    assert fault.absent
    assert open_intents(system.run_dir) == []


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """No undo of a pause succeeds until these patches are undone."""

    def execute(self: object, system: object) -> None:
        raise EnvironmentFailed("the engine hangs")

    monkeypatch.setattr("gonogo_faults.arming._HEAL_S_MAX", 0.1)
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(SendSignal, "execute", execute)
        yield patches


@pytest.mark.runs("worker")
def test_a_fault_whose_healing_failed_is_healed_before_the_next_one(
    system: SupervisedEnvironment, arm: Arm, hanging: pytest.MonkeyPatch
) -> None:
    """The engine hung once: the next fault on that service is armed and proven as usual."""
    with arm(make_fault("pause"), "worker", absent_timeout_s=0) as first:
        pass
    assert not first.absent
    hanging.undo()
    with arm(make_fault("pause"), "worker") as second:
        assert [each.id for each in open_intents(system.run_dir)] == [second.id]
        assert second.observed
    assert second.absent


@pytest.mark.runs("worker")
def test_a_fault_that_cannot_be_healed_decides_nothing(
    system: SupervisedEnvironment, arm: Arm, memory: Memory, hanging: pytest.MonkeyPatch
) -> None:
    """It is in the way of the next one, which is no misuse by the scenario: it is not armed."""
    with arm(make_fault("pause"), "worker", absent_timeout_s=0) as first:
        pass
    with (
        pytest.raises(FaultNotArmed, match=r"active on service worker .*its healing failed"),
        arm(make_fault("pause"), "worker"),
    ):
        pass
    assert [each.id for each in open_intents(system.run_dir)] == [first.id]
    assert "the engine hangs" in memory.of(Note)[0].text
    hanging.undo()
    assert len(heal_all(system.run_dir, recorder=memory)) == 1


@pytest.mark.runs("worker")
def test_another_process_that_fails_to_heal_leaves_a_fault_to_its_own(
    system: SupervisedEnvironment, arm: Arm, hanging: pytest.MonkeyPatch
) -> None:
    """The fault is armed as its scenario wants it, so one more on its service is misuse."""
    with arm(make_fault("pause"), "worker", absent_timeout_s=0):
        assert heal_all(system.run_dir, recorder=Memory()) == []
        hanging.undo()
        with pytest.raises(UsageError, match="is active"), arm(make_fault("pause"), "worker"):
            pass
        assert _states(system, "worker") == {"T"}


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
