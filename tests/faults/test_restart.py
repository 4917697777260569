"""restart: its effect and its removal, on real services."""

import json
from pathlib import Path

import pytest

from gonogo.backends import PROCESSES, SupervisedEnvironment
from gonogo.linux import is_alive, wait_until
from gonogo.vocabulary import UsageError
from gonogo_faults import heal_all, make_fault
from gonogo_faults.catalogue import Restart
from tests.backends.builders import (
    PATIENCE_S,
    STARTING_BACKENDS,
    Memory,
    redis,
    soon_ready,
    stay,
    target,
)
from tests.faults.conftest import Arm
from tests.faults.in_containers import killed_armer


@pytest.mark.parametrize("backend", STARTING_BACKENDS)
@pytest.mark.parametrize("service", ["web", "redis"])
@pytest.mark.runs("service")
def test_it_ends_in_order_and_comes_back(
    system: SupervisedEnvironment, arm: Arm, service: str
) -> None:
    """With a restart policy and without one, another process is ready after the block."""
    (before, *_) = system.processes(service)
    with arm(make_fault("restart"), service) as fault:
        assert fault.observed, fault.evidence.what
        assert f"pid {before.pid} gone" in fault.evidence.what
        assert "after SIGTERM" in fault.evidence.what
        assert not is_alive(before)
    assert fault.absent
    assert before not in system.processes(service)
    assert soon_ready(system, service)


@pytest.mark.runs("redis")
def test_redis_was_asked_not_killed(
    system: SupervisedEnvironment, arm: Arm, memory: Memory
) -> None:
    """The service sees SIGTERM: Redis logs it and exits with 0."""
    with arm(make_fault("restart"), "redis"):
        pass
    assert "Received SIGTERM" in (system.run_dir / "logs" / "redis.log").read_text()
    assert memory.states("redis")[:4] == ["starting", "ready", "exited", "starting"]


def test_what_ignores_sigterm_is_killed_after_its_grace(
    tmp_path: Path, run_dir: Path, run: str, memory: Memory
) -> None:
    """As with an engine; the evidence says so."""
    small = target(tmp_path, stay("deaf", "deaf", restart="always"))
    with PROCESSES.environment(small, run_dir, run, memory) as system:
        fault = Restart(grace_s=0.3)
        fault.plan(system, ["deaf"])
        fault.arm(system, ["deaf"])
        seen = fault.observe(system, ["deaf"])
        assert "ignored SIGTERM for 0.3 s, killed" in seen.what


def test_a_clean_exit_under_a_policy_for_failures_is_started(
    tmp_path: Path, run_dir: Path, run: str, memory: Memory
) -> None:
    """``on-failure`` leaves an exit with 0 down: healing starts it."""
    small = target(tmp_path, redis(restart="on-failure"))
    with PROCESSES.environment(small, run_dir, run, memory) as system:
        fault = Restart()
        undo = fault.plan(system, ["redis"])
        fault.arm(system, ["redis"])
        assert wait_until(lambda: memory.states("redis")[-1] == "exited", PATIENCE_S)
        undo.execute(system)
        assert wait_until(lambda: fault.prove_absent(system, ["redis"]).holds, PATIENCE_S)


def test_a_clean_exit_under_a_policy_for_failures_is_started_by_another_process(
    tmp_path: Path, run_dir: Path, run: str, memory: Memory
) -> None:
    """A process that has only the journal starts it too: no policy would restart it."""
    small = target(tmp_path, redis(restart="on-failure"))
    with PROCESSES.environment(small, run_dir, run, memory) as system:
        (before, *_) = system.processes("redis")
        with killed_armer(system, "restart", "redis", json.dumps({})):
            assert not is_alive(before)
            assert len(heal_all(run_dir, recorder=memory)) == 1
        assert soon_ready(system, "redis")


@pytest.mark.runs("redis")
def test_a_restart_without_a_signal_is_not_observed(
    arm: Arm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process still runs, so the fault is not observed."""
    fault = make_fault("restart")
    monkeypatch.setattr(type(fault), "arm", lambda *_: None)
    with arm(fault, "redis", observe_timeout_s=0.2, absent_timeout_s=0.2) as handle:
        assert not handle.observed
    assert handle.absent is False


def test_a_grace_that_is_none_is_refused() -> None:
    """Without a grace time it would be the same as ``kill``."""
    with pytest.raises(UsageError):
        make_fault("restart", grace_s=0)
