"""Restart policies and what the supervisor tells."""

import errno
import os
import signal
import time
from pathlib import Path

import pytest

from harness.environment import ProcessEnvironment, processes_of_run, signal_identity, wait_until
from harness.environment._restart_policy import RestartPolicy
from harness.vocabulary import EnvironmentFailed, Kind
from tests.environment.builders import Memory, stay, web
from tests.environment.conftest import Start


def _kill_main(system: ProcessEnvironment, service: str) -> None:
    assert signal_identity(system.processes(service)[0], signal.SIGKILL)


@pytest.mark.parametrize(
    ("policy", "limit", "code", "restarts"),
    [
        ("no", None, 1, False),
        ("always", None, 0, True),
        ("unless-stopped", None, 0, True),
        ("on-failure", None, 0, False),
        ("on-failure", None, 1, True),
        ("on-failure", 0, 1, True),
    ],
)
def test_policies_decide_like_docker(
    policy: str, limit: int | None, code: int, restarts: bool
) -> None:
    """Each policy restarts after exactly the exits Docker restarts after."""
    decided = RestartPolicy(policy, limit)
    assert decided.would_restart(code) == restarts
    assert (decided.delay_s(code, 0.0) is not None) == restarts


def test_delay_doubles_to_a_minute_and_starts_again_after_a_good_life() -> None:
    """100 ms, doubled on each exit, at most 60 s, and 100 ms again after 10 s of life."""
    policy = RestartPolicy("always")
    delays = [policy.delay_s(1, 0.1) for _ in range(12)]
    assert delays[:4] == [0.1, 0.2, 0.4, 0.8]
    assert delays[-1] == 60.0
    assert policy.delay_s(1, 10.0) == 0.1


def test_on_failure_gives_up_after_its_attempts() -> None:
    """on-failure:2 restarts twice, whatever the service does in between."""
    policy = RestartPolicy("on-failure", 2)
    assert [policy.delay_s(1, 20.0) for _ in range(3)] == [0.1, 0.1, None]


def test_a_killed_service_comes_back_by_its_policy(environment: Start, memory: Memory) -> None:
    """It is another process, becomes ready again, and every step is recorded."""
    with environment(web(restart="always")) as system:
        before = system.processes("web")[0]
        assert system.restarts_itself("web")
        _kill_main(system, "web")
        assert wait_until(lambda: memory.states("web").count("ready") == 2, 5)
        assert system.processes("web")[0] != before
        assert system.is_ready("web")
    assert memory.states("web") == ["starting", "ready", "exited", "restarted", "ready", "stopped"]
    exited = memory.of(Kind.SERVICE_STATE)[2]
    assert exited["exit_code"] == 137
    assert "killed by SIGKILL" in exited["detail"]


def test_an_exit_is_told_within_50_ms_and_stays_one_without_a_policy(
    environment: Start, memory: Memory
) -> None:
    """The exit of a service with policy "no" is recorded at once and nobody starts it again."""
    with environment(web(restart="no")) as system:
        assert not system.restarts_itself("web")
        _kill_main(system, "web")
        began = time.monotonic()
        assert wait_until(lambda: "exited" in memory.states("web"), 5, interval_s=0.002)
        assert time.monotonic() - began < 0.05
        assert system.processes("web") == []
        assert not system.is_ready("web")
        system.start("web", timeout_s=5)
        assert system.is_ready("web")
    assert memory.states("web") == ["starting", "ready", "exited", "starting", "ready", "stopped"]


def test_starting_what_is_up_changes_nothing(environment: Start, memory: Memory) -> None:
    """start() of a running service returns and leaves it alone."""
    with environment(web()) as system:
        before = system.processes("web")
        system.start("web", timeout_s=5)
        assert system.processes("web") == before


def test_nothing_is_restarted_while_stopping(environment: Start, memory: Memory) -> None:
    """A stop ends services with policy "always" for good."""
    with environment(web(restart="always"), stay(restart="always")):
        pass
    assert "restarted" not in memory.states("web") + memory.states("stay")


def test_what_a_dead_main_process_leaves_is_cleared_before_the_restart(
    environment: Start, run: str, memory: Memory
) -> None:
    """As at the end of a container, no child of the old incarnation meets the new one."""
    with environment(stay("parent", "child", restart="always")) as system:
        old = system.processes("parent")
        assert len(old) == 2
        _kill_main(system, "parent")
        assert wait_until(lambda: memory.states("parent").count("ready") == 2, 5)
        assert not set(old) & set(processes_of_run(run))


def test_a_paused_service_is_stopped_cleanly(environment: Start, memory: Memory) -> None:
    """A service in state T still gets its SIGTERM, not the SIGKILL after the grace."""
    with environment(stay()) as system:
        os.kill(system.processes("stay")[0].pid, signal.SIGSTOP)
    stopped = memory.of(Kind.SERVICE_STATE)[-1]
    assert (stopped["state"], stopped["exit_code"]) == ("stopped", 128 + signal.SIGTERM)


def test_a_command_that_cannot_be_executed_is_told(
    environment: Start, tmp_path: Path, memory: Memory
) -> None:
    """A file that is no program ends as an exit with a reason, not as a traceback."""
    script = tmp_path / "broken"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o755)
    with (
        pytest.raises(Exception, match="did not stay up"),
        environment(stay("broken", process_command=(str(script),))),
    ):
        pass
    assert "cannot be executed" in memory.of(Kind.SERVICE_STATE)[0]["detail"]


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
    assert memory.of(Kind.ERROR)[0]["exit_code"] == 6
    assert processes_of_run(run) == []
