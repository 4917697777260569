"""cpu, memory, pids: the lowered limits take effect, and the old ones are back afterwards."""

import contextlib
import json
import threading
import time
import urllib.request
from collections.abc import Iterator

import pytest

from gonogo.backends import SupervisedEnvironment
from gonogo.backends.containers.run_containers import containers_of
from gonogo.linux import group_of, read_stat, wait_until
from gonogo.vocabulary import UsageError
from gonogo.vocabulary.events import ServiceStateChanged
from gonogo_faults import (
    FaultUnsupported,
    heal_all,
    make_fault,
    open_intents,
)
from gonogo_faults.catalogue import Cpu, Memory, Pids
from tests.backends.builders import PATIENCE_S, soon_ready
from tests.backends.builders import Memory as Recorded
from tests.faults.conftest import MIB, Arm
from tests.faults.in_containers import killed_armer, main_pid

OVER_S = 1.0
LEAK_BYTES_MAX = 256 * MIB


def _cpu_share(system: SupervisedEnvironment, service: str) -> float:
    """Cores it uses, over a second."""

    def ticks() -> int:
        stats = [read_stat(each.pid) for each in system.processes(service)]
        return sum(stat.cpu_ticks for stat in stats if stat)

    # A delay here makes the time longer and never the share greater.
    began, before = time.monotonic(), ticks()
    threading.Event().wait(OVER_S)
    used = ticks() - before
    return used / 100 / (time.monotonic() - began)


def _limits(system: SupervisedEnvironment, service: str) -> dict[str, int]:
    (container,) = containers_of(system.run, service)
    return {name: max(value, 0) for name, value in container.limits.items()}


@contextlib.contextmanager
def _leaking(system: SupervisedEnvironment) -> Iterator[None]:
    """The leaking service gets requests as long as its memory limit is lowered."""
    over = threading.Event()
    host, port = system.address("leak", 80)

    def ask() -> None:
        while not over.wait(0.05):
            if _limits(system, "leak")["Memory"] == LEAK_BYTES_MAX:
                continue
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://{host}:{port}/", timeout=5).close()

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("service", ["free", "burner"])
@pytest.mark.runs("service")
def test_cpu_bites_and_is_gone_after(
    limited: SupervisedEnvironment, arm_limited: Arm, service: str
) -> None:
    """The service gets only its share, with and without its own limit; then as before."""
    before = _limits(limited, service)
    with arm_limited(make_fault("cpu", cores=0.1), service) as fault:
        assert fault.observed, fault.evidence
        assert _cpu_share(limited, service) < 0.2
    assert fault.absent
    assert _limits(limited, service) == before


@pytest.mark.runs("idle")
def test_a_service_that_needs_no_more_is_not_affected(arm_limited: Arm) -> None:
    """When no process reaches the quota, the fault is not observed."""
    with arm_limited(make_fault("cpu", cores=0.5), "idle", observe_timeout_s=0.5) as fault:
        assert not fault.observed
        assert "wait in 0 periods" in fault.evidence.what


@pytest.mark.runs("leak")
def test_memory_runs_short_and_is_gone_after(
    limited: SupervisedEnvironment, arm_limited: Arm
) -> None:
    """A leaking service is ended by the kernel; after the block it is up, with its old limit."""
    before = limited.processes("leak")
    with _leaking(limited), arm_limited(make_fault("memory", headroom_mib=8), "leak") as fault:
        assert fault.observed, fault.evidence
        assert _limits(limited, "leak")["Memory"] < 64 * MIB
    assert fault.absent
    assert _limits(limited, "leak")["Memory"] == LEAK_BYTES_MAX
    assert soon_ready(limited, "leak")
    assert limited.processes("leak")[0] == before[0] or "out of memory" in _end_of(limited)


def _end_of(system: SupervisedEnvironment) -> str:
    recorded = system._recorder
    assert isinstance(recorded, Recorded)
    return str([each for each in recorded.of(ServiceStateChanged) if each.service == "leak"])


@pytest.mark.runs("leak")
def test_memory_kills_for_real(limited: SupervisedEnvironment, arm_limited: Arm) -> None:
    """With requests while it is armed, the kernel kills the main process."""
    with _leaking(limited), arm_limited(make_fault("memory", headroom_mib=1), "leak") as fault:
        assert wait_until(lambda: "out of memory" in _end_of(limited), PATIENCE_S)
    assert fault.observed
    assert fault.absent


@pytest.mark.runs("web")
def test_memory_without_a_limit_is_unsupported(arm_limited: Arm) -> None:
    """A limit that could not be removed again is never set."""
    with pytest.raises(FaultUnsupported, match="mem_limit"), arm_limited(Memory(), "web"):
        pass


@pytest.mark.runs("web")
def test_pids_bites_and_is_gone_after(limited: SupervisedEnvironment, arm_limited: Arm) -> None:
    """The kernel refuses another process beside the service's; afterwards it grants one."""
    with arm_limited(make_fault("pids", headroom=2), "web") as fault:
        assert fault.observed, fault.evidence
        group = group_of(main_pid(limited, "web"), "pids").folder
        now = int((group / "pids.current").read_text())
        assert int((group / "pids.max").read_text()) <= now + 2
    assert fault.absent
    assert _limits(limited, "web")["PidsLimit"] == 0
    assert (group / "pids.max").read_text().strip() == "max"


@pytest.mark.parametrize(
    ("fault", "service"), [(Cpu(0.1), "free"), (Memory(1), "leak"), (Pids(), "web")]
)
@pytest.mark.runs("service")
def test_limits_that_are_not_set_are_not_observed(
    limited: SupervisedEnvironment,
    arm_limited: Arm,
    monkeypatch: pytest.MonkeyPatch,
    fault: Cpu | Memory | Pids,
    service: str,
) -> None:
    """An arming that does nothing has no effect."""
    monkeypatch.setattr(type(fault), "arm", lambda *_: None)
    with arm_limited(fault, service, observe_timeout_s=0.3) as armed:
        assert not armed.observed
    assert armed.absent


@pytest.mark.parametrize(
    ("name", "service", "given"),
    [
        ("cpu", "free", {"cores": 0.1}),
        ("cpu", "burner", {"cores": 0.1}),
        ("memory", "leak", {"headroom_mib": 8}),
        ("pids", "web", {}),
    ],
)
@pytest.mark.runs("service")
def test_another_process_executes_the_undo(
    limited: SupervisedEnvironment, name: str, service: str, given: dict[str, float]
) -> None:
    """What a killed process left armed is undone from the journal; twice is harmless."""
    before = _limits(limited, service)
    with killed_armer(limited, name, service, json.dumps(given)):
        assert _limits(limited, service) != before
        undo = open_intents(limited.run_dir)[0].undo
        assert len(heal_all(limited.run_dir, recorder=Recorded())) == 1
        assert _limits(limited, service) == before
        undo.execute(None)
    assert _limits(limited, service) == before


@pytest.mark.runs("free")
def test_a_restart_under_the_fault_keeps_it_until_healed(
    limited: SupervisedEnvironment, arm_limited: Arm
) -> None:
    """A container that is started again still has the limit; healing removes it."""
    with arm_limited(make_fault("cpu", cores=0.1), "free") as fault:
        with arm_limited(make_fault("kill"), "free"):
            pass
        assert _limits(limited, "free")["CpuQuota"] == 10_000
    assert fault.absent
    assert _limits(limited, "free")["CpuQuota"] == 0


@pytest.mark.runs("burner", "leak")
def test_nonsense_is_refused(limited: SupervisedEnvironment, arm_limited: Arm) -> None:
    """Invalid values, and limits above those of the service, are usage errors."""
    for name, given in (
        ("cpu", {"cores": 0}), ("memory", {"headroom_mib": -1}), ("pids", {"headroom": -1}),
    ):  # fmt: skip
        with pytest.raises(UsageError, match="cannot have"):
            make_fault(name, **given)
    with pytest.raises(UsageError, match="no more"), arm_limited(Cpu(0.9), "burner"):
        pass
    with pytest.raises(UsageError, match="no more"), arm_limited(Memory(900), "leak"):
        pass
