"""Arming: a refusal changes nothing, every step is recorded, and each fault is healed."""

import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

import pytest

from gonogo.backends import RunningSystem, SupervisedEnvironment
from gonogo.linux import read_stat
from gonogo.vocabulary import (
    BlastRadius,
    Capability,
    EnvironmentFailed,
    Evidence,
    NoopFault,
    NoUndo,
    System,
    SystemNotReady,
    Undo,
    UsageError,
)
from gonogo.vocabulary.events import (
    FaultAbsent,
    FaultArmed,
    FaultHealed,
    FaultIntended,
    FaultObserved,
    NotTested,
)
from gonogo_faults import (
    FaultNotArmed,
    FaultUnsupported,
    Journal,
    heal_all,
    make_fault,
    open_intents,
)
from gonogo_faults.undo import SendSignal
from tests.backends.builders import PATIENCE_S, Memory, soon_ready
from tests.faults.conftest import Arm

STEPS = (FaultIntended, FaultArmed, FaultObserved, FaultHealed, FaultAbsent)


def _of_fault(memory: Memory) -> list[type]:
    return [type(each) for each in memory.events if isinstance(each, STEPS)]


@dataclass(frozen=True)
class Spy(NoopFault):
    """Does nothing, keeps the order of calls, and can fail on demand."""

    calls: list[str] = field(default_factory=list)
    fails_at: str = ""
    error: BaseException = field(default_factory=lambda: SystemNotReady("on demand"))

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if name == self.fails_at:
            raise self.error

    def plan(self, system: System, services: Sequence[str]) -> Undo:
        """Note it."""
        self._call("plan")
        return NoUndo()

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Note it."""
        self._call("arm")

    def stop(self) -> None:
        """Note it."""
        self._call("stop")

    def prove_absent(self, system: System, services: Sequence[str]) -> Evidence:
        """Note it."""
        self._call("prove_absent")
        return Evidence(holds=False, what="never seen to be gone")


def test_a_selector_that_matches_nothing_touches_nothing(arm: Arm, memory: Memory) -> None:
    """A usage error names the services; no event, no journal, no arming."""
    spy = Spy()
    with pytest.raises(UsageError) as wrong, arm(spy, "db-*"):
        pass
    assert wrong.value.alternatives == ("redis", "web", "worker")
    assert not spy.calls
    assert not _of_fault(memory)


def test_more_than_the_blast_radius_is_refused(arm: Arm, memory: Memory) -> None:
    """A selector that reaches beyond the declared services arms nothing."""
    spy = Spy()
    radius = BlastRadius(("web",), 10)
    with (
        pytest.raises(UsageError, match="outside its blast radius"),
        arm(spy, "w*", radius=radius),
    ):
        pass
    assert not spy.calls
    assert not _of_fault(memory)


def test_an_unsupported_backend_is_reported_as_not_tested(arm: Arm, memory: Memory) -> None:
    """FaultUnsupported is raised, NOT_TESTED recorded, nothing touched."""
    spy = Spy(needs=frozenset({Capability.NETWORK, Capability.LIMITS}))
    with pytest.raises(FaultUnsupported) as wrong, arm(spy, "web"):
        pass
    assert wrong.value.alternatives == ("docker",)
    assert Capability.LIMITS.meaning in wrong.value.what
    assert memory.of(NotTested)[0].what == "label"
    assert not spy.calls
    assert not _of_fault(memory)


def test_the_whole_life_is_recorded_in_order(arm: Arm, memory: Memory) -> None:
    """Intent, armed, observed, healed, absent share an id and carry their evidence."""
    with arm(make_fault("pause"), "web") as fault:
        pass
    assert _of_fault(memory) == list(STEPS)
    assert {each.id for each in memory.events if isinstance(each, STEPS)} == {fault.id}
    (intent,), (bite,) = memory.of(FaultIntended), memory.of(FaultObserved)
    (gone,) = memory.of(FaultAbsent)
    assert intent.services == ("web",)
    assert (bite.observed, gone.absent) == (True, True)
    assert "state T" in bite.evidence


def test_noop_is_never_observed_and_does_not_raise(arm: Arm, memory: Memory) -> None:
    """The judge decides what an unobserved fault means; arming only tells."""
    with arm(make_fault("noop"), "web", observe_timeout_s=0.1) as fault:
        assert not fault.observed
    assert memory.of(FaultObserved)[0].observed is False


def test_the_undo_is_in_the_journal_before_arming(
    arm: Arm, system: SupervisedEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When arm() is called, the journal has the undo as open; after the block it is closed."""
    fault = make_fault("pause")
    seen: list[Undo] = []

    def look(self: object, *_: object) -> None:
        seen.extend(each.undo for each in open_intents(system.run_dir))

    monkeypatch.setattr(type(fault), "arm", look)
    with arm(fault, "worker", observe_timeout_s=0):
        pass
    assert seen == [SendSignal("SIGCONT", tuple(system.processes("worker")), ("worker",))]
    assert open_intents(system.run_dir) == []


@pytest.mark.parametrize("error", [RuntimeError(), KeyboardInterrupt(), SystemExit()])
def test_it_heals_however_the_block_ends(
    arm: Arm, system: SupervisedEnvironment, error: BaseException
) -> None:
    """An exception, Ctrl-C and an exit leave no process stopped and no open intent."""
    with pytest.raises(type(error)), arm(make_fault("pause"), "worker"):
        raise error
    stats = [read_stat(each.pid) for each in system.processes("worker")]
    assert "T" not in {stat.state for stat in stats if stat}
    assert open_intents(system.run_dir) == []


def test_ctrl_c_does_not_wait_for_the_proof_of_absence(arm: Arm) -> None:
    """When this process is interrupted, absence is checked only once."""
    spy = Spy()
    with pytest.raises(KeyboardInterrupt), arm(spy, "web", observe_timeout_s=0):
        raise KeyboardInterrupt
    assert spy.calls.count("prove_absent") == 1


def test_a_failing_arm_is_healed(arm: Arm, memory: Memory) -> None:
    """What arm() may have done partly is undone; the fault never counts as armed."""
    spy = Spy(fails_at="arm")
    with pytest.raises(SystemNotReady), arm(spy, "web", absent_timeout_s=0):
        pass
    assert spy.calls == ["plan", "arm", "stop", "prove_absent"]
    assert memory.of(FaultArmed) == []


def test_a_failing_plan_arms_nothing(arm: Arm, memory: Memory) -> None:
    """Without an undo nothing is armed, and there is nothing to heal."""
    spy = Spy(fails_at="plan")
    with pytest.raises(SystemNotReady), arm(spy, "web"):
        pass
    assert spy.calls == ["plan"]
    assert _of_fault(memory) == []


def test_tools_that_fail_are_distinguished(arm: Arm, memory: Memory) -> None:
    """When arming fails, that says nothing about the system; what was done is undone."""
    spy = Spy(fails_at="arm", error=EnvironmentFailed("the proxy hangs"))
    with (
        pytest.raises(FaultNotArmed, match="fault label was not armed: the proxy hangs"),
        arm(spy, "web", absent_timeout_s=0),
    ):
        pass
    assert spy.calls == ["plan", "arm", "stop", "prove_absent"]
    assert memory.of(FaultArmed) == []


def test_its_time_begins_when_it_was_looked_for(arm: Arm, memory: Memory) -> None:
    """The duration begins at the observation, so a short fault is observed like a long one."""
    radius = BlastRadius(("web",), 2.0)
    with arm(NoopFault(), "web", observe_timeout_s=1.0, radius=radius) as fault:
        assert (memory.of(FaultObserved)[0].waited_s or 0.0) >= 1.0
        assert fault.wait_healed(PATIENCE_S)
    assert memory.of(FaultHealed)[0].by == "timer"


def _failing(times: int) -> tuple[list[object], Callable[..., None]]:
    """An ``execute`` that fails this many times, and its calls."""
    calls: list[object] = []

    def execute(self: object, system: object) -> None:
        calls.append(system)
        if len(calls) <= times:
            raise TimeoutError("late")

    return calls, execute


def test_an_undo_that_fails_is_executed_again(
    arm: Arm, memory: Memory, system: SupervisedEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a call that took too long, a second one leaves nothing armed and no open intent."""
    calls, execute = _failing(2)
    monkeypatch.setattr(NoUndo, "execute", execute)
    with arm(Spy(), "web", observe_timeout_s=0, absent_timeout_s=0):
        pass
    assert len(calls) == 3
    assert len(memory.of(FaultHealed)) == 1
    assert open_intents(system.run_dir) == []


def test_a_fault_that_another_process_healed_stops_here(
    arm: Arm, memory: Memory, system: SupervisedEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that armed it stops its threads; healing is recorded once, by who did it."""
    calls, execute = _failing(0)
    monkeypatch.setattr(NoUndo, "execute", execute)
    spy, theirs = Spy(), Memory()
    with arm(spy, "web", observe_timeout_s=0, absent_timeout_s=0) as fault:
        assert len(heal_all(system.run_dir, recorder=theirs)) == 1
        assert fault.wait_healed(PATIENCE_S)
    assert spy.calls.count("stop") == 1
    # Once more after the threads are stopped: until then they may have applied the fault again.
    assert len(calls) == 2
    assert len(theirs.of(FaultHealed)) == 1
    assert memory.of(FaultHealed) == []


def test_an_undo_without_threads_is_not_repeated_after_another_process(
    arm: Arm, system: SupervisedEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later fault may have armed the same resource by then, and would be undone."""
    calls, execute = _failing(0)
    monkeypatch.setattr(NoUndo, "execute", execute)
    with arm(NoopFault(), "web", observe_timeout_s=0, absent_timeout_s=0) as fault:
        assert len(heal_all(system.run_dir, recorder=Memory())) == 1
        assert fault.wait_healed(PATIENCE_S)
    assert len(calls) == 1


@dataclass(frozen=True)
class HealedWhileArmed(NoopFault):
    """Another process heals it in the middle of ``arm()``."""

    heal: Callable[[], object] = lambda: None
    error: BaseException | None = None

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Apply it after the other process has executed the undo."""
        self.heal()
        if self.error is not None:
            raise self.error


@pytest.mark.parametrize("error", [None, SystemNotReady("on demand")])
def test_a_fault_healed_before_it_is_armed_is_taken_back(
    arm: Arm,
    system: SupervisedEnvironment,
    monkeypatch: pytest.MonkeyPatch,
    error: SystemNotReady | None,
) -> None:
    """What ``arm()`` applies after the other process' undo is taken back here, as it fails too."""
    calls, execute = _failing(0)
    monkeypatch.setattr(NoUndo, "execute", execute)
    fault = HealedWhileArmed(heal=lambda: heal_all(system.run_dir, recorder=Memory()), error=error)
    refused = pytest.raises(SystemNotReady) if error else nullcontext()
    with refused, arm(fault, "web", observe_timeout_s=0, absent_timeout_s=0) as handle:
        assert handle.wait_healed(PATIENCE_S)
    assert len(calls) == 2
    assert open_intents(system.run_dir) == []


def test_healing_that_began_before_it_is_armed_may_end_after(
    arm: Arm, system: SupervisedEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal says so late: the undo was executed before ``arm()`` had applied the fault."""
    executed, is_armed = threading.Event(), threading.Event()
    calls: list[threading.Thread] = []

    def execute(self: object, system: object) -> None:
        calls.append(threading.current_thread())
        executed.set()
        if calls[-1] is other:
            assert is_armed.wait(PATIENCE_S)

    def heal() -> None:
        other.start()
        assert executed.wait(PATIENCE_S)

    other = threading.Thread(target=lambda: heal_all(system.run_dir, recorder=Memory()))
    monkeypatch.setattr(NoUndo, "execute", execute)
    fault = HealedWhileArmed(heal=heal)
    with arm(fault, "web", observe_timeout_s=0, absent_timeout_s=0) as handle:
        is_armed.set()
        other.join()
        assert handle.wait_healed(PATIENCE_S)
    assert calls[0] is other
    assert len(calls) == 2


def test_failing_healing_is_reported_and_stays_open(
    arm: Arm, memory: Memory, system: SupervisedEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When healing fails, an event says so; the journal keeps the intent."""
    monkeypatch.setattr("gonogo_faults.arming._HEAL_S_MAX", 0.1)
    monkeypatch.setattr(NoUndo, "execute", _failing(1_000_000)[1])
    with arm(Spy(), "web", observe_timeout_s=0, absent_timeout_s=0) as fault:
        pass
    assert fault.absent is False
    assert "healing failed: late" in memory.of(FaultAbsent)[0].evidence
    assert memory.of(FaultHealed) == []
    assert [each.id for each in open_intents(system.run_dir)] == [fault.id]


def test_a_fault_can_be_armed_from_another_process_view(
    arm: Arm, system: SupervisedEnvironment, journal: Journal
) -> None:
    """Pytest workers arm faults on an attached system; the result is the same."""
    attached = RunningSystem(system.run_dir)
    with arm(make_fault("kill"), "redis", system=attached) as fault:
        assert fault.observed
    assert fault.absent
    assert soon_ready(system, "redis")


def test_a_wrong_scope_is_a_usage_error() -> None:
    """The valid scopes are named."""
    with pytest.raises(UsageError) as wrong:
        make_fault("kill", scope="half")
    assert wrong.value.alternatives == ("main", "service")
