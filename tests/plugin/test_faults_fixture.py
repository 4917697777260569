"""The ``faults`` fixture on a real system: declared faults are armed, and healed in time."""

from typing import Any

import pytest

from gonogo.backends import RunningSystem
from gonogo.linux import read_stat
from gonogo.observation import read_events
from gonogo.vocabulary import Event, Occurrence
from gonogo.vocabulary.events import (
    FaultAbsent,
    FaultArmed,
    FaultHealed,
    FaultIntended,
    Note,
    NotTested,
)
from tests.plugin.conftest import Phase, Runner

SCENARIOS = """
    from gonogo_faults.undo import SendSignal

    pytestmark = pytest.mark.phase("faults")

    @pytest.mark.fault(label="freeze", selector="web", window_s=1)
    def test_undeclared(faults, expect):
        with faults.armed("pause", label="frezee"):
            expect.true("never stated", True)

    def test_nothing_declared(faults):
        with faults.armed("pause", label="any"):
            pass

    @pytest.mark.fault(label="unknown", selector="web", window_s=1)
    def test_unknown_fault(faults):
        with faults.armed("puase", label="unknown"):
            pass

    @pytest.mark.fault(label="parameter", selector="web", window_s=1)
    def test_unknown_parameter(faults):
        with faults.armed("pause", label="parameter", colour="red"):
            pass

    @pytest.mark.fault(label="nowhere", selector="database-*", window_s=1)
    def test_selector_without_match(faults):
        with faults.armed("pause", label="nowhere"):
            pass

    @pytest.mark.fault(label="timed", selector="web", window_s=3)
    def test_healed_by_duration(faults, system, expect):
        with faults.armed("pause", label="timed", duration_s=3) as fault:
            expect.true("it bites", fault.observed)
        expect.true("its absence is proven", fault.absent is True)
        expect.true("healthy again", system.health().holds)

    @pytest.mark.fault(label="block", selector="web", window_s=0.1)
    def test_healed_by_the_block(faults, system, expect):
        with faults.armed("pause", label="block") as fault:
            expect.true("it bites", fault.observed)
            silent = system.http(timeout_s=0.3).get("/").outcome
            expect.equal("the port is silent", silent.name, "TIMEOUT")

    @pytest.mark.fault(label="at-event", selector="stay", window_s=0.1)
    def test_armed_at_an_event(faults, system, expect):
        system.http().get("/say/here-it-is")
        at = 'log(web) ~ "here-it-[is]+$"'
        with faults.armed("pause", label="at-event", when=at, when_s=60) as fault:
            expect.true("it bites", fault.observed)

    @pytest.mark.fault(label="no-event", selector="stay", window_s=0.1)
    def test_an_event_that_never_comes(faults, expect):
        with faults.armed("pause", label="no-event", when='log(w*) ~ "said by nobody"', when_s=0.2):
            expect.true("never stated", True)

    @pytest.mark.fault(label="bad-event", selector="stay", window_s=0.1)
    def test_no_event_at_all(faults):
        with faults.armed("pause", label="bad-event", when="log(web) says hello"):
            pass

    @pytest.mark.fault(label="outer", selector="stay", window_s=0.1)
    @pytest.mark.fault(label="inner", selector="stay", window_s=0.1)
    def test_nested_on_one_service(faults, expect):
        with faults.armed("pause", label="outer"):
            with faults.armed("pause", label="inner"):
                expect.true("never stated", True)

    @pytest.mark.fault(label="stuck", selector="stay", window_s=0.1)
    @pytest.mark.fault(label="blocked", selector="stay", window_s=0.1)
    def test_after_one_that_was_not_healed(faults, expect, monkeypatch):
        real = SendSignal.execute

        def late(undo, system):
            real(undo, system)
            raise TimeoutError("the answer came late")

        monkeypatch.setattr(SendSignal, "execute", late)
        monkeypatch.setattr("gonogo_faults.arming._HEAL_S_MAX", 0.1)
        with faults.armed("pause", label="stuck"):
            pass
        with faults.armed("pause", label="blocked"):
            expect.true("never stated", False)

    @pytest.mark.fault(label="broken", selector="stay", window_s=0.1)
    def test_tools_that_fail(faults, expect, monkeypatch):
        def fail(*_):
            raise PermissionError(1, "tools on demand")

        monkeypatch.setattr("gonogo_faults.catalogue.pause.stop_all", fail)
        with faults.armed("pause", label="broken"):
            expect.true("never stated", False)

    @pytest.mark.fault(label="raised", selector="stay", window_s=5)
    def test_healed_when_the_block_fails(faults, expect):
        with faults.armed("pause", label="raised", duration_s=30) as fault:
            expect.true("broken on purpose", False)
"""
REFUSED = [
    ("test_undeclared", ["'frezee'", "not declared", "freeze"]),
    ("test_nothing_declared", ["'any'", "not declared"]),
    ("test_unknown_fault", ["puase", "kill", "pause"]),
    ("test_unknown_parameter", ["colour"]),
    ("test_no_event_at_all", ["log(web) says hello", "no event to wait for"]),
    ("test_selector_without_match", ["database-*", "stay, web"]),
    ("test_nested_on_one_service", ["inner is refused", "outer (pause) is active on service stay"]),
]


@pytest.fixture(scope="module")
def faulted(started: tuple, tmp_path_factory: pytest.TempPathFactory) -> Phase:
    """One phase of fault scenarios."""
    return Runner(*started, tmp_path_factory.mktemp("faults")).phase(SCENARIOS, phase="faults")


def _events(phase: Phase, label: str) -> dict[type[Occurrence], Event[Any]]:
    return {
        type(event.what): event
        for event in phase.events
        if getattr(event.what, "label", "") == label
    }


@pytest.mark.parametrize(("test", "words"), REFUSED)
def test_misuse_fails_the_scenario(faulted: Phase, test: str, words: list[str]) -> None:
    """A fault that is undeclared, unknown, without a service or overlapping fails by name."""
    end = faulted.finished(test)
    assert end.outcome == "failed"
    for word in words:
        assert word in end.message


def test_misuse_touches_nothing(faulted: Phase) -> None:
    """Only faults that were not refused, and the one whose tools fail, have an intent."""
    meant = ["timed", "block", "at-event", "outer", "stuck", "broken", "raised"]
    assert faulted.intended() == meant


def test_tools_that_fail_decide_nothing(faulted: Phase) -> None:
    """A fault that cannot be armed does not count against the system: a skip with the reason."""
    end = faulted.finished("test_tools_that_fail")
    assert end.outcome == "skipped"
    assert "fault broken was not armed" in end.message
    assert "tools on demand" in end.message
    assert FaultArmed not in _events(faulted, "broken")
    assert faulted.of(NotTested) == []


def test_a_fault_that_was_not_healed_decides_nothing(faulted: Phase) -> None:
    """The next fault on its service is not armed: a skip. The one after that heals it first."""
    end = faulted.finished("test_after_one_that_was_not_healed")
    assert end.outcome == "skipped", end.message
    assert "fault stuck (pause) is active on service stay" in end.message
    assert "its healing failed" in end.message
    assert _events(faulted, "stuck")[FaultHealed].what.by == "arming of broken"
    assert faulted.of(NotTested) == []


def test_a_duration_heals_by_itself(faulted: Phase) -> None:
    """With ``duration_s`` the timer heals, not before its time, and the block waits for it."""
    assert faulted.outcomes()["test_healed_by_duration"] == "passed", faulted.output
    events = _events(faulted, "timed")
    healed, armed = events[FaultHealed], events[FaultArmed]
    assert healed.what.by == "timer"
    assert healed.mono_ns - armed.mono_ns >= 2.95e9
    assert events[FaultAbsent].what.absent is True


def test_without_a_duration_the_block_heals(faulted: Phase) -> None:
    """The end of the block heals at once, not earlier: inside it the port does not answer."""
    assert faulted.outcomes()["test_healed_by_the_block"] == "passed", faulted.output
    assert _events(faulted, "block")[FaultHealed].what.by == "scenario"


def test_a_failing_block_heals_at_once(faulted: Phase) -> None:
    """A scenario that fails inside the block does not wait for the duration."""
    assert faulted.outcomes()["test_healed_when_the_block_fails"] == "failed"
    events = _events(faulted, "raised")
    assert events[FaultHealed].what.by == "scenario"
    assert events[FaultHealed].mono_ns - events[FaultArmed].mono_ns < 20e9


def test_nothing_stays_stopped(faulted: Phase, runner: Runner) -> None:
    """After the phase no process of the system is stopped, and the journal is settled."""
    system = RunningSystem(runner.run_dir)
    for service in ("web", "stay"):
        stats = [read_stat(each.pid) for each in system.processes(service)]
        assert stats
        assert all(stat is not None and stat.state != "T" for stat in stats)
    kinds = [type(event.what) for event in read_events(runner.run_dir)]
    assert kinds.count(FaultIntended) == kinds.count(FaultHealed) == 7


def test_a_fault_waits_for_its_event(faulted: Phase) -> None:
    """It is armed at the line in the log; without such a line it is not armed, and recorded so."""
    assert faulted.finished("test_armed_at_an_event").outcome == "passed"
    notes = [each.what.text for each in faulted.events.of(Note)]
    assert any("armed at a line of web" in text and "/here-it-is" in text for text in notes)
    end = faulted.finished("test_an_event_that_never_comes")
    assert end.outcome == "skipped"
    assert "web wrote no line that matches 'said by nobody' within 0.2 s" in end.message
    assert _events(faulted, "no-event") == {}
