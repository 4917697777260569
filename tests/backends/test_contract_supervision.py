"""The contract of every backend: how it keeps services up."""

import errno
import os
import signal
from pathlib import Path

import pytest

from gonogo.backends import SupervisedEnvironment
from gonogo.linux import processes_of_run, signal_identity, wait_until
from gonogo.target import Container
from gonogo.vocabulary import EnvironmentFailed
from gonogo.vocabulary.events import ErrorOccurred, ServiceStateChanged
from tests.backends.builders import PATIENCE_S, STARTING_BACKENDS, Memory, soon_ready, stay, web
from tests.backends.conftest import Start

pytestmark = pytest.mark.parametrize("backend", STARTING_BACKENDS)


def _kill_main(system: SupervisedEnvironment, service: str) -> None:
    assert signal_identity(system.processes(service)[0], signal.SIGKILL)


def test_a_killed_service_comes_back_by_its_policy(environment: Start, memory: Memory) -> None:
    """It is another process, becomes ready again, and every step is recorded."""
    with environment(web(restart="always")) as system:
        before = system.processes("web")[0]
        assert system.restarts_itself("web")
        _kill_main(system, "web")
        assert wait_until(lambda: memory.states("web").count("ready") == 2, PATIENCE_S)
        assert system.processes("web")[0] != before
        assert soon_ready(system, "web")
    assert memory.states("web") == ["starting", "ready", "exited", "restarted", "ready", "stopped"]
    exited = memory.of(ServiceStateChanged)[2]
    assert exited.exit_code == 137
    assert "killed by SIGKILL" in exited.detail


def test_an_exit_is_reported_and_stays_one_without_a_policy(
    environment: Start, memory: Memory
) -> None:
    """The exit of a service with policy "no" is recorded, and it is not started again."""
    with environment(web(restart="no")) as system:
        assert not system.restarts_itself("web")
        _kill_main(system, "web")
        assert wait_until(lambda: "exited" in memory.states("web"), PATIENCE_S)
        assert system.processes("web") == []
        assert not system.is_ready("web")
        system.start("web", timeout_s=PATIENCE_S)
        assert soon_ready(system, "web")
    assert memory.states("web") == ["starting", "ready", "exited", "starting", "ready", "stopped"]


def test_starting_what_is_up_changes_nothing(environment: Start, memory: Memory) -> None:
    """start() of a running service returns and leaves it alone."""
    with environment(web()) as system:
        before = system.processes("web")
        system.start("web", timeout_s=PATIENCE_S)
        assert system.processes("web") == before


def test_nothing_is_restarted_while_stopping(environment: Start, memory: Memory) -> None:
    """A stop ends services with policy "always" permanently."""
    with environment(web(restart="always"), stay(restart="always")):
        pass
    assert "restarted" not in memory.states("web") + memory.states("stay")


def test_what_a_dead_main_process_leaves_is_cleared_before_the_restart(
    environment: Start, run: str, memory: Memory, backend: str
) -> None:
    """As with a container, no child of the old incarnation is left when the new one starts."""
    with environment(stay("parent", "child", restart="always")) as system:
        old = system.processes("parent")
        assert len(old) == (3 if backend == "docker" else 2)  # the engine's init is one of them
        _kill_main(system, "parent")
        assert wait_until(lambda: memory.states("parent").count("ready") == 2, PATIENCE_S)
        assert not set(old) & set(processes_of_run(run))


def test_a_paused_service_is_stopped_cleanly(environment: Start, memory: Memory) -> None:
    """A service in state T still gets its SIGTERM, not the SIGKILL after the grace."""
    with environment(stay()) as system:
        os.kill(system.processes("stay")[0].pid, signal.SIGSTOP)
    stopped = memory.of(ServiceStateChanged)[-1]
    assert (stopped.state, stopped.exit_code) == ("stopped", 128 + signal.SIGTERM)


def test_a_command_that_cannot_be_executed_is_reported(
    environment: Start, tmp_path: Path, memory: Memory
) -> None:
    """A file that is no program ends as an exit with a reason, not as a traceback."""
    script = tmp_path / "broken"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o755)
    with (
        pytest.raises(Exception, match="did not stay up"),
        environment(
            stay(
                "broken", process_command=(str(script),), command=("/none",), container=Container()
            )
        ),
    ):
        pass
    assert "cannot be executed" in memory.of(ServiceStateChanged)[0].detail


def test_a_disk_that_fails_is_not_the_systems_fault(
    environment: Start, memory: Memory, monkeypatch: pytest.MonkeyPatch, run: str
) -> None:
    """When states cannot be written, the environment failed: never a NO-GO."""
    started = environment(stay())
    publish = started._publish
    calls = iter(range(100))

    def full() -> None:
        if next(calls) == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        publish()

    monkeypatch.setattr(started, "_publish", full)
    with pytest.raises(EnvironmentFailed, match="no longer supervised"), started:
        pass
    assert memory.of(ErrorOccurred)[0].exit_code == 6
    assert processes_of_run(run) == []
