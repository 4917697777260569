"""The process backend: what it starts, what it refuses, what it leaves behind."""

import json
import socket
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from gonogo.backends import SupervisedEnvironment
from gonogo.linux import is_alive, processes_of_run, wait_until
from gonogo.target import Requirement, Service
from gonogo.vocabulary import EnvironmentFailed, UsageError
from tests.backends.builders import PATIENCE_S, Memory, redis, stay, web
from tests.backends.conftest import Start

STORE = Requirement("no-such-server", "the store", "x-server")


def _environment_of(system: SupervisedEnvironment, service: str) -> dict[str, str]:
    host, port = system.address(service, 80)
    with urllib.request.urlopen(f"http://{host}:{port}/env", timeout=PATIENCE_S) as answer:
        given: dict[str, str] = json.load(answer)
    return given


def _refuses(address: tuple[str, int]) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(address) != 0


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
    """The error names it with purpose and package, also when the command runs in a shell."""
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
    """Like a container, a service does not see the environment of the user of the gate."""
    monkeypatch.setenv("CI_TOKEN", "not for you")
    with environment(web()) as system:
        given = _environment_of(system, "web")
    assert "CI_TOKEN" not in given
    assert "PATH" in given


def test_volumes_are_shared_and_start_with_a_copy_of_their_files(
    environment: Start, tmp_path: Path, run_dir: Path
) -> None:
    """Two services share a volume; their writes do not change the directory it came from."""
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


def test_a_daemon_that_hides_is_found_and_ended(
    environment: Start, run_dir: Path, run: str
) -> None:
    """A daemon in another session, with an empty environment, is found by the open log file."""
    with environment(stay("parent", "daemon")) as system:
        logs = list((run_dir / "logs").glob("*.log"))
        main = system.processes("parent")[0]
        assert wait_until(lambda: len(processes_of_run(run, logs=logs)) == 2, PATIENCE_S)
        hidden = [each for each in processes_of_run(run, logs=logs) if each != main]
    assert not is_alive(hidden[0])


def test_a_program_that_erases_its_environment_is_found(environment: Start, run: str) -> None:
    """redis-server overwrites its environment with its title; it is found by its session."""
    with environment(redis()) as system:
        main = system.processes("redis")[0]
        assert b"GONOGO" not in Path(f"/proc/{main.pid}/environ").read_bytes()
        assert main in processes_of_run(run, mains=system.snapshot().mains())
