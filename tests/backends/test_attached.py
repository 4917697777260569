"""The system seen from another process by the run directory."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gonogo.backends import PROCESSES, RunningSystem
from gonogo.linux import signal_identity, wait_for_exits, wait_until
from gonogo.ownership import read_owner, read_snapshot
from gonogo.ownership.control_channel import ask_start
from gonogo.vocabulary import EnvironmentFailed, SystemNotReady, UsageError
from tests.backends.builders import (
    PATIENCE_S,
    STARTING_BACKENDS,
    Memory,
    redis,
    soon_ready,
    stay,
    target,
    web,
)
from tests.backends.conftest import Start

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("backend", STARTING_BACKENDS)
def test_another_process_sees_and_starts_what_the_owner_runs(
    environment: Start, run_dir: Path
) -> None:
    """Its answers are those of the owner, and start() works from another process."""
    script = f"""
from pathlib import Path
from gonogo.backends import PROCESSES, RunningSystem
from tests.backends.builders import soon_ready
system = RunningSystem(Path({str(run_dir)!r}))
system.start("web", timeout_s={PATIENCE_S})
print(system.services(), system.processes("web")[0].pid, system.address("web", 80),
      system.ports("web"), system.restarts_itself("web"), soon_ready(system, "web"), sep="|")
"""
    with environment(web(), redis(restart="always")) as system:
        assert signal_identity(system.processes("web")[0], signal.SIGKILL)
        assert wait_until(lambda: not system.processes("web"), PATIENCE_S)
        told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                              check=True, timeout=150, cwd=ROOT).stdout.strip()  # fmt: skip
        pid, address = system.processes("web")[0].pid, system.address("web", 80)
        assert told == f"['redis', 'web']|{pid}|{address}|(80,)|False|True"


@pytest.mark.parametrize("backend", STARTING_BACKENDS)
def test_a_restart_is_seen(environment: Start, run_dir: Path, memory: Memory) -> None:
    """After a restart the same view gives the new process."""
    with environment(web(restart="always")) as system:
        attached = RunningSystem(run_dir)
        before = attached.processes("web")[0]
        assert signal_identity(before, signal.SIGKILL)
        assert wait_until(lambda: memory.states("web").count("ready") == 2, PATIENCE_S)
        assert attached.processes("web") == system.processes("web")
        assert attached.processes("web")[0] != before


def test_a_run_directory_deeper_than_a_socket_address_works(
    tmp_path: Path, run: str, memory: Memory
) -> None:
    """A path of more than 108 bytes does not stop the control channel."""
    deep = tmp_path / ("d" * 100) / ("e" * 100) / run
    with PROCESSES.environment(target(tmp_path, web()), deep, run, memory) as system:
        victim = system.processes("web")[0]
        assert signal_identity(victim, signal.SIGKILL)
        assert wait_for_exits([victim], PATIENCE_S)
        RunningSystem(deep).start("web", timeout_s=PATIENCE_S)
        assert soon_ready(system, "web")


def test_errors_cross_the_control_channel(
    environment: Start, run_dir: Path, tmp_path: Path
) -> None:
    """A service that exits and an unknown name arrive as errors of the right class."""
    once = stay("once", "once", str(tmp_path / "mark"))
    with environment(once) as system:
        attached = RunningSystem(run_dir)
        with pytest.raises(UsageError, match="there is no service 'two'") as wrong:
            attached.start("two", timeout_s=1)
        assert wrong.value.alternatives == ("once",)
        victim = system.processes("once")[0]
        assert signal_identity(victim, signal.SIGKILL)
        assert wait_for_exits([victim], PATIENCE_S)
        with pytest.raises(SystemNotReady, match="not ready"):
            attached.start("once", timeout_s=0.5)
        with pytest.raises(UsageError, match="there is no service 'two'"):
            ask_start(run_dir, "two", 1)


def test_wrong_names_give_the_valid_ones(environment: Start) -> None:
    """A selector, service or port that does not exist is refused with the alternatives."""
    with environment(web("api-a"), stay("api-b")) as system:
        assert system.select("api-*") == ["api-a", "api-b"]
        with pytest.raises(UsageError, match="matches no service") as wrong:
            system.select("db*")
        assert wrong.value.alternatives == ("api-a", "api-b")
        with pytest.raises(UsageError, match="no port 81") as wrong:
            system.address("api-a", 81)
        assert wrong.value.alternatives == ("80",)


def test_nothing_attaches_to_a_run_that_ended(environment: Start, run_dir: Path) -> None:
    """After the end attaching is a usage error and starting an environment failure."""
    with pytest.raises(UsageError, match="no system to attach to"):
        RunningSystem(run_dir)
    with environment(web()):
        attached = RunningSystem(run_dir)
        owner = read_owner(run_dir)
        assert owner is not None
        assert owner.alive()
    assert read_snapshot(run_dir).phase == "ended"
    with pytest.raises(UsageError, match="has ended"):
        RunningSystem(run_dir)
    with pytest.raises(EnvironmentFailed, match="does not answer"):
        attached.start("web", timeout_s=1)
