"""fds, crash-loop and kill-worker: their effect and their removal, on real services."""

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence

import pytest

from gonogo.backends import SupervisedEnvironment
from gonogo.linux import is_alive, signal_identity, wait_for_exits, wait_until
from gonogo.target import Service
from gonogo.vocabulary import Stoppable, UsageError
from gonogo_faults import FaultUnsupported, heal_all, make_fault, open_intents
from gonogo_faults.catalogue import CrashLoop, Fds, KillWorker, fds
from gonogo_faults.mechanisms import answers
from tests.backends.builders import (
    MASTER,
    PATIENCE_S,
    STARTING_BACKENDS,
    Memory,
    redis,
    soon_ready,
    stay,
    web,
)
from tests.faults.conftest import Arm
from tests.faults.in_containers import killed_armer

pytestmark = pytest.mark.parametrize("backend", STARTING_BACKENDS)
OPENER = """
import time
print("stay.ready", flush=True)
while True:
    open("/dev/null").close()
    time.sleep(0.02)
"""


@pytest.fixture
def services() -> Sequence[Service]:
    """Services with and without a restart policy, and with and without replaced workers."""
    master = ("python3", "-c", MASTER)
    return (
        web(restart="always"),
        redis(restart="no"),
        stay("master", process_command=("{python}", "-c", MASTER), command=master, restart="no",
             preload=True),
        stay("careless", "child", restart="no"),
        stay("opener", process_command=("{python}", "-c", OPENER),
             command=("python3", "-c", OPENER), restart="always"),
        stay("leaver", process_command=("{python}", "-c", OPENER),
             command=("python3", "-c", OPENER), restart="no"),
    )  # fmt: skip


def _soft(system: SupervisedEnvironment, service: str) -> list[int]:
    pids = [each.pid for each in system.processes(service)]
    return [resource.prlimit(pid, resource.RLIMIT_NOFILE)[0] for pid in pids]


@pytest.mark.parametrize("service", ["web", "redis"])
@pytest.mark.runs("service")
def test_fds_bites_and_is_gone_after(system: SupervisedEnvironment, arm: Arm, service: str) -> None:
    """The service accepts no connection; afterwards it does, and the limits are restored."""
    before, address = _soft(system, service), system.address(*_port(service))
    with arm(make_fault("fds"), service) as fault:
        assert fault.observed, fault.evidence
        assert max(_soft(system, service)) < min(before)
        assert not answers(address, 0.3)
    assert fault.absent
    assert _soft(system, service) == before
    assert answers(address, 30)


@pytest.mark.runs("service")
@pytest.mark.parametrize("service", ["opener", "leaver"])
def test_a_service_that_ends_of_fds_was_affected(
    system: SupervisedEnvironment, service: str
) -> None:
    """Its exit is the bite; its restart policy or else healing starts another process."""
    fault = Fds()
    undo = fault.plan(system, [service])
    (main, *_) = system.processes(service)
    fault.arm(system, [service])
    assert wait_for_exits([main], PATIENCE_S)
    look = fault.observe(system, [service])
    assert look.holds
    assert "ended at the limit" in look.what
    fault.stop()
    undo.execute(system)
    assert wait_until(lambda: fault.prove_absent(system, [service]).holds, PATIENCE_S)


@pytest.mark.runs("leaver")
def test_another_process_starts_what_ended_of_fds(system: SupervisedEnvironment) -> None:
    """A process that has only the journal starts it too."""
    (main, *_) = system.processes("leaver")
    with killed_armer(system, "fds", "leaver", json.dumps({})):
        assert wait_for_exits([main], PATIENCE_S)
        assert len(heal_all(system.run_dir, recorder=Memory())) == 1
    assert soon_ready(system, "leaver")


def _port(service: str) -> tuple[str, int]:
    return service, 80 if service == "web" else 6379


@pytest.mark.runs("web")
def test_fds_with_headroom_leaves_a_port_that_answers(
    arm: Arm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No process reached its limit: not observed."""
    monkeypatch.setattr(fds, "_CANARY_S", 30.0)  # a late answer counts as an answer
    with arm(make_fault("fds", headroom=50), "web", observe_timeout_s=2.0) as fault:
        assert not fault.observed
        assert "port answers" in fault.evidence.what
    assert fault.absent


@pytest.mark.parametrize("service", ["web", "careless"])
@pytest.mark.runs("service")
def test_another_process_heals_fds(system: SupervisedEnvironment, service: str) -> None:
    """What a killed process left armed is undone from the journal; twice is harmless."""
    before = _soft(system, service)
    with killed_armer(system, "fds", service, json.dumps({})):
        assert _soft(system, service) != before
        undo = open_intents(system.run_dir)[0].undo
        assert len(heal_all(system.run_dir, recorder=Memory())) == 1
        assert _soft(system, service) == before
        undo.execute(None)
    assert _soft(system, service) == before


@pytest.mark.runs("web")
def test_crash_loop_bites_and_is_gone_after(
    system: SupervisedEnvironment, arm: Arm, memory: Memory
) -> None:
    """It is killed again and again; after the block it stays up, and is not killed."""
    with arm(make_fault("crash-loop"), "web", observe_timeout_s=PATIENCE_S) as fault:
        assert fault.observed, fault.evidence
    assert fault.absent
    assert memory.states("web").count("exited") >= 2
    (survivor, *_) = system.processes("web")
    assert not wait_until(lambda: not is_alive(survivor), 0.5)


@pytest.mark.runs("web")
def test_crash_loop_ends_with_its_process(system: SupervisedEnvironment) -> None:
    """With its process the crash loop ends; healing only starts services that stay down."""
    with killed_armer(system, "crash-loop", "web", json.dumps({})):
        assert len(heal_all(system.run_dir, recorder=Memory())) == 1
        assert soon_ready(system, "web")


@pytest.mark.runs("web")
def test_a_crash_loop_that_another_process_heals_ends(
    system: SupervisedEnvironment, arm: Arm
) -> None:
    """The thread that kills lives here; it ends after ``gonogo heal RUN`` elsewhere."""
    with arm(make_fault("crash-loop"), "web", observe_timeout_s=PATIENCE_S) as fault:
        command = [sys.executable, "-m", "gonogo", "heal", str(system.run_dir)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert "fault label (crash-loop) undone" in done.stdout
        assert fault.wait_healed(PATIENCE_S)
        assert soon_ready(system, "web")
    assert fault.absent


@pytest.mark.runs("redis")
def test_crash_loop_needs_a_policy(arm: Arm) -> None:
    """A service without a restart policy cannot loop."""
    with pytest.raises(FaultUnsupported, match="redis"), arm(CrashLoop(), "redis"):
        pass


@pytest.mark.runs("master")
def test_kill_worker_bites_and_is_gone_after(system: SupervisedEnvironment, arm: Arm) -> None:
    """One worker dies, the main process and the others stay, and it is replaced."""
    before = system.processes("master")
    with arm(make_fault("kill-worker"), "master") as fault:
        assert fault.observed, fault.evidence
        (gone,) = [each for each in before if not is_alive(each)]
        assert f"pid {gone.pid}, gone" in fault.evidence.what
        assert gone != before[0]
    assert fault.absent
    assert len(system.processes("master")) == len(before)


@pytest.mark.parametrize(("name", "says"), [
    ("kill", "ended by itself"), ("kill-worker", "ended by itself"), ("fds", "is down"),
    ("restart", "ended by itself"), ("power-loss", "ended by itself"),
])  # fmt: skip
@pytest.mark.runs("master")
def test_an_end_of_its_own_is_no_effect(
    system: SupervisedEnvironment, name: str, says: str
) -> None:
    """When a process ended before the fault reached it, the fault is not observed."""
    fault = make_fault(name)
    undo = fault.plan(system, ["master"])
    for each in reversed(system.processes("master")):
        signal_identity(each, signal.SIGKILL)
        assert wait_for_exits([each], PATIENCE_S)
    fault.arm(system, ["master"])
    look = fault.observe(system, ["master"])
    assert not look.holds
    assert says in look.what
    if isinstance(fault, Stoppable):
        fault.stop()
    undo.execute(system)


@pytest.mark.runs("careless")
def test_a_worker_that_is_not_replaced_is_reported(system: SupervisedEnvironment, arm: Arm) -> None:
    """The service continues with one worker less: absence is not proven."""
    with arm(make_fault("kill-worker"), "careless", absent_timeout_s=0.3) as fault:
        assert fault.observed
    assert fault.absent is False


@pytest.mark.runs("redis")
def test_a_service_without_workers_is_refused(arm: Arm) -> None:
    """A container's init and its child do not count as main process and worker."""
    with pytest.raises(FaultUnsupported, match="no workers"), arm(KillWorker(), "redis"):
        pass


@pytest.mark.parametrize(
    ("fault", "service"), [(Fds(), "web"), (CrashLoop(), "web"), (KillWorker(), "master")]
)
@pytest.mark.runs("service")
def test_an_arming_that_does_nothing_is_not_observed(
    system: SupervisedEnvironment,
    arm: Arm,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fds | CrashLoop | KillWorker,
    service: str,
) -> None:
    """Without an effect the fault is not observed."""
    before = system.processes(service)
    monkeypatch.setattr(type(fault), "arm", lambda *_: None)
    monkeypatch.setattr(fds, "_CANARY_S", 30.0)
    fault = type(fault)()
    with arm(fault, service, observe_timeout_s=0.3, absent_timeout_s=0.3) as armed:
        assert not armed.observed
    assert system.processes(service) == before


def test_nonsense_is_refused(backend: str) -> None:
    """A negative number of descriptors is a usage error in each backend."""
    assert backend in STARTING_BACKENDS
    with pytest.raises(UsageError, match="headroom"):
        make_fault("fds", headroom=-1)
