"""What only containers have: images, users, limits, marks, health; each seen in the engine."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests.exceptions

from gonogo.backends import by_name
from gonogo.backends.containers import removal
from gonogo.backends.containers.engine import (
    connect,
    docker_errors,
    inspect,
    last_health_output,
)
from gonogo.backends.containers.incarnation import ContainerIncarnation
from gonogo.backends.containers.launch import ContainerLaunch
from gonogo.backends.containers.removal import resources_of_run
from gonogo.linux import listens, wait_until
from gonogo.ownership import sweep_leftovers
from gonogo.services.incarnation import Exit
from gonogo.target import Container, HealthCheck, Readiness
from gonogo.vocabulary import EnvironmentFailed, SystemNotReady
from gonogo.vocabulary.events import ErrorOccurred, Note, ServiceStateChanged
from tests.backends.builders import PATIENCE_S, TARGETS, Memory, redis, soon_ready, stay, web
from tests.backends.conftest import Start

ROOT = Path(__file__).parents[2]
LOCKED_IN = Container(
    init=True,
    user="10001:10002",
    read_only=True,
    cap_drop=("ALL",),
    security_opt=("no-new-privileges:true",),
    tmpfs={"/scratch": "size=1m"},
    pids_max=64,
    ulimits={"nofile": (500, 600)},
    stop_signal="SIGINT",
)
PRINT = "id -u; id -g; grep CapEff /proc/self/status; cat /proc/self/limits"
WRITE = "touch /data/mine && ls /data | sed 's/^/made /'; touch /etc/x || echo read-only"


@pytest.fixture
def backend() -> str:
    """Containers only."""
    return "docker"


def _log(run_dir: Path, service: str) -> str:
    return (run_dir / "logs" / f"{service}.log").read_text()


def test_a_container_is_locked_in_as_its_service_says(environment: Start, run_dir: Path) -> None:
    """User, group, capabilities, limits and signal are those of the Compose file, and hold."""
    command = ("sh", "-c", f"{PRINT}; {WRITE}; echo done; exec sleep 600")
    service = stay(
        "locked", command=command, container=LOCKED_IN, volumes={"data": "/data"},
        ready=Readiness(log="^done$"), memory_limit_bytes=64 * 2**20, cpus_limit=0.5,
    )  # fmt: skip
    with environment(service) as system:
        host = inspect(system.snapshot().services["locked"].container)["HostConfig"]
    said = _log(run_dir, "locked")
    assert said.startswith("10001\n10002\n")
    assert "CapEff:\t0000000000000000" in said
    assert "Max open files            500                  600" in said
    assert "read-only" in said
    assert "made mine" in said, "the volume can be written to by the service's own user"
    assert (host["Memory"], host["MemorySwap"], host["NanoCpus"]) == (2**26, 2**26, 500_000_000)
    assert (host["PidsLimit"], host["RestartPolicy"]["Name"]) == (64, "")
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Tmpfs"] == {"/scratch": "size=1m"}


def test_ports_are_published_on_loopback_only(environment: Start) -> None:
    """Every published port is bound to 127.0.0.1 and answers there."""
    with environment(web()) as system:
        found = inspect(system.snapshot().services["web"].container)["NetworkSettings"]["Ports"]
        host, port = system.address("web", 80)
        assert found == {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(port)}]}
        with urllib.request.urlopen(f"http://{host}:{port}/", timeout=5) as answer:
            assert answer.status == 200


def test_services_know_each_other_by_name(environment: Start, run_dir: Path) -> None:
    """``service:port`` in an environment is left as it is: the name is an address here."""
    ask = "until redis-cli -u redis://$STORE ping; do sleep 0.1; done; exec sleep 600"
    client = stay(
        "client", command=("sh", "-c", ask), environment={"STORE": "redis:6379"},
        ready=Readiness(log="NOAUTH|PONG"), depends_on={"redis": "service_healthy"},
    )  # fmt: skip
    with environment(redis(), client):
        assert "NOAUTH" in _log(run_dir, "client")


def test_a_volume_starts_with_its_files_and_is_shared(
    environment: Start, tmp_path: Path, run_dir: Path
) -> None:
    """A seeded volume is filled before the start, belongs to its user, and is shared."""
    seed = tmp_path / "seed"
    (seed / "deep").mkdir(parents=True)
    (seed / "deep" / "genes.txt").write_text("talA")
    write = "cp /in/deep/genes.txt /in/copy.txt && ls -ln /in/deep && echo ok && exec sleep 600"
    wait = "until [ -s /out/copy.txt ]; do sleep 0.1; done; cat /out/copy.txt; echo; exec sleep 600"
    user = Container(init=True, user="10001:10001")
    writer = stay("writer", command=("sh", "-c", write), volumes={"files": "/in"}, container=user,
                  ready=Readiness(log="^ok$"))  # fmt: skip
    reader = stay("reader", command=("sh", "-c", wait), volumes={"files": "/out"}, container=user,
                  read_only_mounts=("/out",), ready=Readiness(log="^talA$"))  # fmt: skip
    with environment(writer, reader, seeds={"files": seed}):
        assert "10001 10001" in _log(run_dir, "writer")
    assert sorted(path.name for path in seed.rglob("*")) == ["deep", "genes.txt"]


def test_memory_that_runs_out_is_reported(environment: Start, memory: Memory) -> None:
    """A container killed for its memory exits with that cause, not as killed by the supervisor."""
    eat = ("python3", "/targets/leak.py", "80")
    hungry = web("hungry", command=eat, container=Container(), memory_limit_bytes=48 * 2**20)
    with environment(hungry) as system:
        host, port = system.address("hungry", 80)

        def burst() -> bool:
            """Send requests, each of which takes memory, until the container has ended."""
            with contextlib.suppress(OSError, http.client.HTTPException):
                urllib.request.urlopen(f"http://{host}:{port}/", timeout=5).close()
            return "exited" in memory.states("hungry")

        assert wait_until(burst, PATIENCE_S)
    exited = next(e for e in memory.of(ServiceStateChanged) if e.state == "exited")
    assert exited.exit_code == 137
    assert exited.detail.startswith("out of memory, killed by SIGKILL")


def test_what_the_engine_knew_is_kept_without_secrets(environment: Start, run_dir: Path) -> None:
    """After the end every container's inspection is saved; secrets are replaced by names."""
    secret = {"PASSWORD": 'hunter2"/&x'}
    with environment(web(environment=secret), secret_values=secret):
        pass
    text = (run_dir / "logs" / "web.inspect.json").read_text()
    assert "hunter2" not in text
    kept = json.loads(text)
    assert "PASSWORD=[PASSWORD]" in kept["Config"]["Env"]
    assert kept["State"]["Status"] == "exited"


def test_marks_and_a_clean_end(environment: Start, run: str, run_dir: Path) -> None:
    """Containers, network and volumes have the run's label; after the block the engine has none."""
    with environment(redis()) as system:
        things = sorted(each.split()[0] for each in resources_of_run(run))
        assert things == ["container", "network", "volume"]
        marks = inspect(system.snapshot().services["redis"].container)["Config"]["Labels"]
        assert marks["org.gonogo.run"] == run
        assert marks["org.gonogo.service"] == "redis"
        assert marks["org.gonogo.pid"].isdecimal()
    assert resources_of_run(run) == []
    assert not (run_dir / "state").exists()


def test_a_port_without_a_listener_is_not_ready(environment: Start, memory: Memory) -> None:
    """The engine itself accepts connections to a published port; readiness by ``tcp`` sees that."""
    deaf = stay("deaf", ports=(81,), ready=Readiness(tcp=81, timeout_s=2))
    with pytest.raises(SystemNotReady, match="not ready within 2 s"), environment(deaf):
        pass
    assert "unready" in memory.states("deaf")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert listens_here(port)
    assert not listens_here(port)


def listens_here(port: int) -> bool:
    return listens(1, port)


ORPHAN = """
import sys, time
from pathlib import Path
from gonogo.backends import CONTAINERS, by_name
from gonogo.vocabulary import NoopRecorder
from tests.backends.builders import redis, target
root, run = Path(sys.argv[1]), sys.argv[2]
with CONTAINERS.environment(target(root, redis()), root / run, run, NoopRecorder()):
    print("up", flush=True)
    time.sleep(600)
"""


def test_heal_removes_what_a_killed_harness_left(
    environment: Start, tmp_path: Path, run: str
) -> None:
    """Without a watchdog everything stays; a sweep finds it by the run's state and removes it."""
    command = [sys.executable, "-c", ORPHAN, str(tmp_path), run]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as orphan:
        assert orphan.stdout is not None
        assert orphan.stdout.readline() == "up\n"
        orphan.kill()
    assert len(resources_of_run(run)) == 3
    (swept,) = sweep_leftovers(tmp_path, lambda _: None, by_name)
    assert (swept.run, swept.clean, swept.trouble) == (run, True, "")
    assert sorted(each.split()[0] for each in swept.removed) == ["container", "network", "volume"]
    assert resources_of_run(run) == []
    assert sweep_leftovers(tmp_path, lambda _: None, by_name) == []


def test_what_cannot_be_removed_is_reported_and_can_be_found(
    environment: Start, tmp_path: Path, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the engine cannot remove something, the sweep names it and keeps the run's state."""
    command = [sys.executable, "-c", ORPHAN, str(tmp_path), run]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as orphan:
        assert orphan.stdout is not None
        assert orphan.stdout.readline() == "up\n"
        orphan.kill()
    with monkeypatch.context() as deaf:
        deaf.setattr(removal, "_remove_once", lambda _: [])
        (swept,) = sweep_leftovers(tmp_path, lambda _: None, by_name)
        assert not swept.clean
        assert f"container gonogo-{run}-redis" in swept.trouble
    (swept,) = sweep_leftovers(tmp_path, lambda _: None, by_name)
    assert swept.clean
    assert resources_of_run(run) == []


@pytest.fixture
def sick() -> HealthCheck:
    """A health check that fails at once."""
    return HealthCheck(("CMD-SHELL", "echo no disk; exit 1"), interval_s=0.5, retries=2)


def test_readiness_waits_for_the_health_check(environment: Start, sick: HealthCheck) -> None:
    """A container whose port answers is ready only once its own check says so."""
    slow = HealthCheck(("CMD-SHELL", "test -f /tmp/up || { touch /tmp/up; exit 1; }"), 0.5)
    with environment(web(container=Container(init=True, health=slow))) as system:
        assert soon_ready(system, "web")
        now = inspect(system.snapshot().services["web"].container)["State"]["Health"]
        assert now["Status"] == "healthy"
        # The first one failed; the engine keeps the last five.
        assert now["Log"][0]["ExitCode"] == 1 or len(now["Log"]) == 5
        assert len(system.processes("web")) == 2, "the checks' own processes are not the service's"
    falling = environment(web(container=Container(init=True, health=sick)))

    def checked() -> bool:
        supervised = falling._supervised.get("web")
        return supervised is not None and "no disk" in last_health_output(supervised.container)

    def end_the_wait() -> bool:
        """End the readiness limit after the health check has a result, however late."""
        seen = wait_until(checked, PATIENCE_S)
        falling._supervised["web"].ready_s_max = 0.0
        return seen

    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(end_the_wait)
        with pytest.raises(SystemNotReady, match="no disk"), falling:
            pass
        assert ended.result()


def test_a_health_check_of_the_image_can_be_switched_off(environment: Start) -> None:
    """``disable`` reaches the engine: readiness does not wait for a health check."""
    off = Container(init=True, health=HealthCheck(("NONE",)))
    with environment(web(container=off)) as system:
        found = system.snapshot().services["web"]
        assert not found.health_checked
        assert "Health" not in inspect(found.container)["State"]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("attach", requests.exceptions.ConnectionError("connection reset")),
        ("start", requests.exceptions.ReadTimeout("read timed out")),
        ("start", docker_errors.APIError("", explanation=b"no space left on device")),
        ("inspect_container", requests.exceptions.ReadTimeout("read timed out")),
    ],
)
def test_an_engine_that_fails_at_the_start_is_no_exit(
    environment: Start, run_dir: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch,
    call: str, error: Exception,
) -> None:  # fmt: skip
    """The environment failed, not the service; no thread follows its output any more."""
    api = connect().client.api
    starting = ContainerLaunch.begin

    def refuse(*_: object, **__: object) -> None:
        raise error

    def begin(launch: ContainerLaunch, wake_fd: int) -> ContainerIncarnation:
        with monkeypatch.context() as trouble:
            trouble.setattr(api, call, refuse)
            return starting(launch, wake_fd)

    monkeypatch.setattr(ContainerLaunch, "begin", begin)
    with pytest.raises(EnvironmentFailed), environment(stay()):
        pass
    assert memory.states("stay") == []
    assert [each.exit_code for each in memory.of(ErrorOccurred)] == [6]
    log = str(run_dir / "logs" / "stay.log")
    assert log not in [os.path.realpath(each) for each in Path("/proc/self/fd").iterdir()]


def test_an_exit_the_engine_does_not_report_is_no_kill(
    environment: Start, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the exit code is unknown, the service is not restarted and the exit is not a failure."""
    reap = ContainerIncarnation.reap

    def late(life: ContainerIncarnation, limit_s: float) -> Exit | None:
        reap(life, limit_s)
        return None

    monkeypatch.setattr(ContainerIncarnation, "reap", late)
    ends = stay(command=("true",), container=Container(), restart="on-failure")
    with pytest.raises(EnvironmentFailed, match="exit code of the service"), environment(ends):
        pass
    assert memory.states("stay") == ["starting"]
    assert [each.exit_code for each in memory.of(ErrorOccurred)] == [6]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"image": "localhost/no-such:1", "build": {}}, ["no-such", "cannot be pulled"]),
        ({"build": {"context": "/nowhere"}}, ["there is no file", "Dockerfile"]),
    ],
)
def test_an_image_that_cannot_be_had_fails_the_environment(
    environment: Start, run: str, memory: Memory, given: dict[str, Any], words: list[str]
) -> None:
    """The error names the image and its service; nothing was started, and nothing is left."""
    with pytest.raises(EnvironmentFailed) as failed, environment(web(**given)):
        pass
    for word in ("web", *words):
        assert word in str(failed.value)
    assert memory.of(ServiceStateChanged) == []
    assert resources_of_run(run) == []


def test_builds_are_reported_and_shared(environment: Start, memory: Memory) -> None:
    """Two services with one build are built once; start and end of the build are events."""
    with environment(web(), stay()):
        pass
    told = [each.text for each in memory.of(Note)]
    assert len([text for text in told if "building" in text]) == 1
    assert any("built in" in text for text in told)


@pytest.fixture
def no_base() -> Iterator[str]:
    """The name of a base image that does not exist."""
    name = "localhost/gonogo-no-base:1"
    yield name
    assert name not in [tag for image in connect().client.images.list() for tag in image.tags]


def test_a_base_image_that_is_nowhere_is_replaced(environment: Start, no_base: str) -> None:
    """A build whose base can be neither found nor pulled gets the base made on this machine."""
    built = {"context": str(TARGETS), "args": {"BASE_IMAGE": no_base}}
    with environment(web(build=built)) as system:
        assert soon_ready(system, "web")
