"""kill: its effect and its removal, on real services."""

from signal import SIGKILL

import pytest

from gonogo.backends import SupervisedEnvironment
from gonogo.linux import is_alive, signal_identity, wait_until
from gonogo.vocabulary.events import FaultObserved
from gonogo_faults import make_fault
from gonogo_faults.catalogue import Kill
from tests.backends.builders import PATIENCE_S, STARTING_BACKENDS, Memory, soon_ready
from tests.faults.conftest import Arm

pytestmark = pytest.mark.parametrize("backend", STARTING_BACKENDS)


@pytest.mark.parametrize("service", ["web", "redis", "worker"])
@pytest.mark.parametrize("scope", ["main", "service"])
@pytest.mark.runs("service")
def test_it_bites_and_is_gone_after(
    system: SupervisedEnvironment, arm: Arm, service: str, scope: str
) -> None:
    """The process dies, which is observed; after the block another one is up and ready."""
    before = system.processes(service)
    with arm(make_fault("kill", scope=scope), service) as fault:
        assert fault.observed
        assert f"pid {before[0].pid}" in fault.evidence.what
        assert not is_alive(before[0])
    assert fault.absent
    after = system.processes(service)
    assert not set(after) & set(before)
    assert soon_ready(system, service)


@pytest.mark.runs("web", "redis")
def test_only_what_no_policy_restarts_is_started(
    system: SupervisedEnvironment, arm: Arm, memory: Memory
) -> None:
    """Healing leaves a service with a restart policy to its supervisor."""
    with arm(make_fault("kill"), "*"):
        pass
    assert wait_until(lambda: memory.states("web").count("ready") == 2, PATIENCE_S)
    assert memory.states("web") == ["starting", "ready", "exited", "restarted", "ready"]
    assert memory.states("redis")[:4] == ["starting", "ready", "exited", "starting"]


def test_others_are_not_touched(system: SupervisedEnvironment, arm: Arm) -> None:
    """A service outside the selector keeps its processes."""
    before = [*system.processes("redis"), *system.processes("worker")]
    with arm(make_fault("kill"), "w*b"):
        pass
    assert [*system.processes("redis"), *system.processes("worker")] == before


@pytest.mark.runs("redis")
def test_killing_what_is_down_is_not_observed(system: SupervisedEnvironment, arm: Arm) -> None:
    """There was nothing to kill: not observed, and the block ends with the service up."""
    (main, *_) = system.processes("redis")
    assert signal_identity(main, SIGKILL)
    assert wait_until(lambda: not system.processes("redis"), PATIENCE_S)
    with arm(make_fault("kill"), "redis", observe_timeout_s=0.1) as fault:
        assert not fault.observed
        assert "down already" in fault.evidence.what
    assert soon_ready(system, "redis")


@pytest.mark.runs("redis")
def test_a_kill_without_a_signal_is_not_observed(
    system: SupervisedEnvironment, arm: Arm, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When arming does nothing, the process still runs and the fault is not observed."""
    monkeypatch.setattr(Kill, "arm", lambda *_: None)
    with arm(make_fault("kill"), "redis", observe_timeout_s=0.1, absent_timeout_s=0.1) as fault:
        assert not fault.observed
        assert "still runs" in fault.evidence.what
    assert not fault.absent
    assert memory.of(FaultObserved)[0].observed is False
