"""The process backend: what it starts, what it refuses, what it leaves."""

import json
import signal
import socket
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from harness.environment import (
    ProcessEnvironment,
    is_alive,
    processes_of_run,
    signal_identity,
    wait_until,
)
from harness.target import Readiness, Requirement, Service
from harness.vocabulary import EnvironmentFailed, Kind, SystemFell, UsageError
from tests.environment.builders import Memory, redis, stay, web
from tests.environment.conftest import Start

STORE = Requirement("no-such-server", "the store", "x-server")


def _environment_of(system: ProcessEnvironment, service: str) -> dict[str, str]:
    host, port = system.address(service, 80)
    with urllib.request.urlopen(f"http://{host}:{port}/env", timeout=5) as answer:
        given: dict[str, str] = json.load(answer)
    return given


def _refuses(address: tuple[str, int]) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(address) != 0


def test_everything_is_ready_inside_and_gone_after(
    environment: Start, run_dir: Path, run: str, memory: Memory
) -> None:
    """Inside the block every service is ready; after it no process, port or state is left."""
    with environment(web(), redis()) as system:
        assert [system.is_ready(name) for name in system.services()] == [True, True]
        addresses = [system.address("web", 80), system.address("redis", 6379)]
        assert (run_dir / "state").is_dir()
    assert processes_of_run(run, logs=(run_dir / "logs").glob("*")) == []
    assert all(_refuses(address) for address in addresses)
    assert not (run_dir / "state").exists()
    assert memory.states("web") == memory.states("redis") == ["starting", "ready", "stopped"]


def test_a_service_that_exits_at_start_is_named_with_its_last_words(
    environment: Start, run_dir: Path, run: str, memory: Memory
) -> None:
    """SystemFell names service, exit code and log tail, and the other services are stopped."""
    with pytest.raises(SystemFell) as fell, environment(web(), stay("worker", "exit", "3")):
        pass
    assert "worker" in str(fell.value)
    assert "code 3" in str(fell.value)
    assert "and that was it" in str(fell.value)
    exited = [each for each in memory.of(Kind.SERVICE_STATE) if each["state"] == "exited"]
    assert [(each["service"], each["exit_code"]) for each in exited] == [("worker", 3)]
    assert "and that was it" in exited[0]["log_tail"][0]
    assert processes_of_run(run) == []
    assert not (run_dir / "state").exists()


def test_a_service_in_a_crash_loop_falls_before_its_limit(environment: Start) -> None:
    """When all others are up, six exits in a row are enough; the limit is not waited for."""
    crashing = stay("worker", "exit", "1", restart="always",
                    ready=Readiness(log="never", timeout_s=60))  # fmt: skip
    began = time.monotonic()
    with pytest.raises(SystemFell, match="exited 6 times in a row"), environment(crashing):
        pass
    assert time.monotonic() - began < 15


def test_a_service_that_never_becomes_ready_falls_at_its_limit(
    environment: Start, memory: Memory
) -> None:
    """SystemFell says how long was waited, and the state "unready" is recorded."""
    mute = stay(ready=Readiness(log="never said", timeout_s=0.5))
    with pytest.raises(SystemFell, match=r"not ready within 0\.5 s"), environment(mute):
        pass
    assert memory.states("stay") == ["starting", "unready", "stopped"]


def test_a_service_without_readiness_must_stay_up_for_a_moment(environment: Start) -> None:
    """Running is ready, but not when it is over at once, even with code 0."""
    with (
        pytest.raises(SystemFell, match="did not stay up"),
        environment(stay("job", "exit", "0", ready=None)),
    ):
        pass


@pytest.mark.parametrize(
    ("command", "requires"),
    [
        (("sh", "-c", "exec no-such-server"), (STORE,)),
        (("no-such-server",), (STORE,)),
        (("no-such-server",), ()),
    ],
)  # fmt: skip
def test_a_missing_program_fails_the_environment_before_anything_is_started(
    environment: Start, run_dir: Path, memory: Memory, command: Any, requires: Any
) -> None:
    """It is named with its purpose and package, whether or not a shell hides it."""
    hidden = stay("store", process_command=command)
    with pytest.raises(EnvironmentFailed) as failed, environment(web(), hidden, requires=requires):
        pass
    assert "no-such-server" in str(failed.value)
    if requires:
        assert "the store" in str(failed.value)
        assert "apt-get install x-server" in str(failed.value)
    assert memory.events == []
    assert not (run_dir / "state").exists()


def test_a_service_without_a_command_is_a_usage_error(environment: Start) -> None:
    """An image's own command cannot be run as a process: the message names the key to set."""
    with (
        pytest.raises(UsageError, match=r"x-harness\.services\.db\.process\.command"),
        environment(Service("db", image="postgres")),
    ):
        pass


def test_dependents_start_after_and_stop_before(environment: Start, memory: Memory) -> None:
    """service_healthy waits for readiness, service_started for a start; stopping reverses it."""
    slow = web("slow", "0.3")
    healthy = stay("healthy", depends_on={"slow": "service_healthy"})
    started = stay("started", depends_on={"slow": "service_started"})
    with environment(healthy, started, slow):
        order = memory.order()
    assert order.index("slow ready") < order.index("healthy starting")
    assert (
        order.index("slow starting") < order.index("started starting") < order.index("slow ready")
    )
    assert memory.order()[-1] == "slow stopped"


def test_circular_dependencies_are_a_usage_error(environment: Start) -> None:
    """Services that wait for each other are refused, the circle named."""
    one = stay("one", depends_on={"two": "service_started"})
    two = stay("two", depends_on={"one": "service_started"})
    with pytest.raises(UsageError, match="circle"), environment(one, two):
        pass


def test_addresses_and_placeholders_become_local(
    environment: Start, tmp_path: Path, run: str, run_dir: Path
) -> None:
    """service:port is rewritten wherever it stands alone; placeholders of all kinds are filled."""
    client = web(
        environment={
            "URL": "redis://:pw@redis:6379/0",
            "LIST": "redis:6379,web:80",
            "OTHER": "my-redis:6379 redis:63790x",
            "UNDECLARED": "redis:7000",
        },
        process_environment={
            "OWN": "{port:80}", "PEER": "{port:redis:6379}", "DATA": "{data:/work/deep}",
            "ROOT": "{root}", "BRACES": '{"a": {}}',
        },
        volumes={"shared": "/work"},
    )  # fmt: skip
    with environment(client, redis()) as system:
        given = _environment_of(system, "web")
        port = {name: system.address(name, at)[1] for name, at in (("redis", 6379), ("web", 80))}
        assert given["URL"] == f"redis://:pw@127.0.0.1:{port['redis']}/0"
        assert given["LIST"] == f"127.0.0.1:{port['redis']},127.0.0.1:{port['web']}"
        assert given["OTHER"] == "my-redis:6379 redis:63790x"
        assert given["UNDECLARED"] == f"127.0.0.1:{system.address('redis', 7000)[1]}"
        assert (given["OWN"], given["PEER"]) == (str(port["web"]), str(port["redis"]))
        assert given["DATA"] == str(run_dir / "state" / "volumes" / "shared" / "deep")
        assert Path(given["DATA"]).is_dir()
        assert given["ROOT"] == str(tmp_path)
        assert given["BRACES"] == '{"a": {}}'
        assert (given["GONOGO_RUN_ID"], given["GONOGO_SERVICE"]) == (run, "web")


def test_services_inherit_no_more_than_they_need(
    environment: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Like a container, a service does not see the variables of who started the gate."""
    monkeypatch.setenv("CI_TOKEN", "not for you")
    with environment(web()) as system:
        given = _environment_of(system, "web")
    assert "CI_TOKEN" not in given
    assert "PATH" in given


def test_volumes_are_shared_and_start_with_a_copy_of_their_files(
    environment: Start, tmp_path: Path, run_dir: Path
) -> None:
    """Two services see one volume; what they write never reaches the directory it came from."""
    seed = tmp_path / "seed"
    seed.mkdir()
    (seed / "genes.txt").write_text("talA")
    write = "cp {data:/in}/genes.txt {data:/in}/copy.txt && echo stay.ready && exec sleep 600"
    wait = "until [ -f {data:/out}/copy.txt ]; do sleep 0.02; done; echo stay.ready; exec sleep 600"
    writer = stay("writer", process_command=("sh", "-c", write), volumes={"files": "/in"})
    reader = stay("reader", process_command=("sh", "-c", wait), volumes={"files": "/out"})
    with environment(writer, reader, seeds={"files": seed}):
        assert (run_dir / "state" / "volumes" / "files" / "copy.txt").read_text() == "talA"
    assert [path.name for path in seed.iterdir()] == ["genes.txt"]


def test_secrets_are_in_nothing_that_is_recorded(
    environment: Start, run_dir: Path, memory: Memory
) -> None:
    """A secret the service itself prints is replaced by its name in events and messages."""
    talking = stay("talking", "exit", "1", environment={"PASSWORD": "hunter2/&x"})
    with (
        pytest.raises(SystemFell) as fell,
        environment(talking, secret_values={"PASSWORD": "hunter2/&x"}),
    ):
        pass
    recorded = json.dumps(memory.events) + str(fell.value)
    recorded += (run_dir / "environment.json").read_text()
    assert "hunter2" not in recorded
    assert "password is [PASSWORD]" in recorded


def test_a_service_deaf_to_sigterm_is_killed_after_its_grace(
    environment: Start, run: str, memory: Memory
) -> None:
    """SIGTERM, grace, SIGKILL; and the record says that it took the last."""
    with environment(stay("deaf", "deaf", stop_grace_s=0.3)):
        pass
    assert processes_of_run(run) == []
    assert "ignored SIGTERM" in memory.of(Kind.SERVICE_STATE)[-1]["detail"]


def test_a_daemon_that_hides_is_found_and_ended(
    environment: Start, run_dir: Path, run: str
) -> None:
    """Another session and an empty environment do not save it: it writes to the service's log."""
    with environment(stay("parent", "daemon")) as system:
        logs = list((run_dir / "logs").glob("*.log"))
        main = system.processes("parent")[0]
        assert wait_until(lambda: len(processes_of_run(run, logs=logs)) == 2, 5)
        hidden = [each for each in processes_of_run(run, logs=logs) if each != main]
    assert not is_alive(hidden[0])


def test_a_program_that_erases_its_environment_is_found(environment: Start, run: str) -> None:
    """redis-server overwrites its environment with its title; its session gives it away."""
    with environment(redis()) as system:
        main = system.processes("redis")[0]
        assert b"GONOGO" not in Path(f"/proc/{main.pid}/environ").read_bytes()
        assert main in processes_of_run(run, mains=system.snapshot().mains())


def test_log_readiness_is_that_of_the_current_incarnation(
    environment: Start, tmp_path: Path, memory: Memory
) -> None:
    """A ready line of an earlier start does not make the next one ready."""
    service = stay("once", "once", str(tmp_path / "mark"), restart="always",
                   ready=Readiness(log=r"stay\.ready", timeout_s=0.3))  # fmt: skip
    with environment(service) as system:
        first = system.processes("once")[0]
        assert system.is_ready("once")
        assert signal_identity(first, signal.SIGKILL)
        assert wait_until(lambda: "unready" in memory.states("once"), 5)
        assert not system.is_ready("once")


def test_two_runs_at_once_do_not_collide(
    environment: Start, tmp_path: Path, memory: Memory
) -> None:
    """Two environments of the same target get different ports and end apart."""
    twin = environment(web())
    with environment(web()) as one:
        other = ProcessEnvironment(twin._target, tmp_path / "runs" / "b", "other-run", memory)
        with other as two:
            assert one.address("web", 80) != two.address("web", 80)
        assert one.is_ready("web")
