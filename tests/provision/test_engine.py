"""The container engine: asked, started when none answers; a failure is never fatal.

The engines here are programs of ours that answer, or do not, on a socket as a real one does.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gonogo.provision import AptFailed, __main__, ask_engine, check_engine, engine, engine_api
from gonogo.provision.engine import EngineFailed, ensure_engine, start_engine, started_by_us
from gonogo.vocabulary import ExitCode
from tests.provision.conftest import Program

ENGINE = """\
import http.server, json, os, socketserver, sys
with open(sys.argv[1] + ".starts", "a") as file:
    file.write(f"{os.getpid()}\\n")
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(
            {"Version": "9.9", "Components": [{"Name": "Engine"}]}).encode())
    def log_message(self, *words): pass
socketserver.UnixStreamServer(sys.argv[1], Handler).serve_forever()
"""
SILENT = """\
import signal, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
print("loading", flush=True)
signal.pause()
"""
Daemon = Callable[[str], None]


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Socket, log and state file of the local engine, in a folder of the test."""
    path = tmp_path / "engine.sock"
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setattr(engine_api, "DEFAULT_ADDRESS", f"unix://{path}")
    monkeypatch.setattr(engine, "STATE", tmp_path / "state.json")
    monkeypatch.setattr(engine, "LOG", tmp_path / "engine.log")
    monkeypatch.setattr(engine, "SYSTEM_PATH", "")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return path


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """The engines that the test started; they are ended afterwards."""
    engines: list[subprocess.Popen[bytes]] = []

    def popen(*arguments: Any, **options: Any) -> "subprocess.Popen[bytes]":
        process = real(*arguments, **options)
        if options.get("start_new_session"):
            engines.append(process)
        return process

    real = subprocess.Popen
    monkeypatch.setattr(engine.subprocess, "Popen", popen)
    yield engines
    for each in engines:
        each.kill()
        each.wait()


@pytest.fixture
def daemon(address: Path, started: list[Any], program: Program, tmp_path: Path) -> Daemon:
    """Puts this Python program in the place of ``dockerd``, and the other programs beside it."""

    def make(code: str) -> None:
        script = tmp_path / "engine.py"
        script.write_text(code)
        program("dockerd", f"exec {sys.executable} {script} {address}")
        program("mmdebstrap", "")

    return make


def starts(address: Path) -> list[int]:
    """Process ids of the engines that ran."""
    return [int(line) for line in Path(f"{address}.starts").read_text().split()]


def test_an_engine_is_started_and_stays(daemon: Daemon, address: Path, started: list[Any]) -> None:
    """Where no engine answers, one is started in a session of its own and recorded as ours."""
    daemon(ENGINE)
    assert ensure_engine().version == "Docker 9.9"
    (pid,) = starts(address)
    assert started[0].poll() is None
    assert os.getsid(pid) == pid, "it would end with the terminal of who provisioned"
    known = started_by_us()
    assert known is not None
    assert known.pid == pid
    told = check_engine(optional=False).found
    assert f"Docker 9.9, started by provisioning {known.since} as process {pid}" in told


def test_an_engine_that_runs_is_left_alone(daemon: Daemon, address: Path) -> None:
    """A second provisioning starts nothing."""
    daemon(ENGINE)
    ensure_engine()
    assert ensure_engine().version
    assert len(starts(address)) == 1


def test_two_at_once_start_one_engine(daemon: Daemon, address: Path) -> None:
    """Of two provisionings at once, the first starts the engine and the second uses it."""
    daemon(ENGINE)
    threads = [threading.Thread(target=start_engine, args=[engine.COMMAND]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert ask_engine().version
    assert len(starts(address)) == 1


def test_an_engine_that_never_answers_is_ended(
    daemon: Daemon, started: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine that does not answer within the limit is an error, and is ended."""
    limit_s = 60.0

    def now_s() -> float:
        over = engine.LOG.exists() and "loading" in engine.LOG.read_text()
        return time.monotonic() + (limit_s if over else 0)

    daemon(SILENT)
    monkeypatch.setattr(engine, "time", SimpleNamespace(monotonic=now_s))
    with pytest.raises(EngineFailed, match=r"did not answer within 60 s: loading"):
        start_engine(engine.COMMAND, limit_s)
    assert started[0].poll() is not None
    assert started_by_us() is None


def test_an_engine_that_ends_says_why(daemon: Daemon) -> None:
    """The line with which it gave up is the reason, and ``gonogo doctor`` shows it later."""
    words = "failed to start daemon: Devices cgroup isn't mounted"
    daemon(f"print('chatter'); print({words!r}); print('bye'); raise SystemExit(1)")
    problem = ensure_engine().problem
    assert "no engine answers at unix://" in problem
    assert f"dockerd ended with 1: {words} (whole log: {engine.LOG})" in problem
    check = check_engine(optional=True)
    assert not check.found
    assert words in check.how_to_get


def test_only_the_last_start_is_reported(daemon: Daemon) -> None:
    """A line that was in the log before is not the reason of this failure."""
    engine.LOG.write_text("failed to start daemon: long ago\n")
    daemon("raise SystemExit(3)")
    assert "ended with 3: it logged nothing" in ensure_engine().problem


def test_a_dead_engine_is_not_taken_for_ours(
    daemon: Daemon, address: Path, started: list[Any]
) -> None:
    """After an engine has ended, it is no longer shown as ours."""
    daemon(ENGINE)
    ensure_engine()
    started[0].kill()
    started[0].wait()
    assert started_by_us() is None
    assert check_engine(optional=True).found == ""


@pytest.mark.parametrize("debian", [True, False])
def test_what_is_not_installed(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch, address: Path, debian: bool
) -> None:
    """As root on Debian the engine is installed first; elsewhere its package is named."""
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", "/nowhere")
    asked: list[str] = []

    def install(packages: list[str]) -> None:
        asked.extend(packages)
        monkeypatch.setenv("PATH", path)
        daemon(ENGINE)

    monkeypatch.setattr(engine, "install_packages", install)
    monkeypatch.setattr(engine, "is_root_on_debian", lambda: debian)
    answer = ensure_engine()
    if debian:
        assert answer.version
        assert asked == ["docker.io", "mmdebstrap"]
    else:
        assert answer.problem.endswith("there is no dockerd: apt-get install docker.io")
        assert asked == []


def test_apt_that_fails_is_no_end(address: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed installation is a reason in the answer, not an exception."""

    def install(packages: list[str]) -> None:
        raise AptFailed("apt-get update failed (100):\nno network")

    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(engine, "install_packages", install)
    monkeypatch.setattr(engine, "is_root_on_debian", lambda: True)
    assert "no network" in ensure_engine().problem


def test_not_root(daemon: Daemon, monkeypatch: pytest.MonkeyPatch, started: list[Any]) -> None:
    """Only root can start an engine: another user gets that message, and nothing is started."""
    daemon(ENGINE)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert ensure_engine().problem.endswith("only root can start dockerd")
    assert started == []


def test_an_engine_elsewhere_is_not_replaced(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch, started: list[Any]
) -> None:
    """When the engine of DOCKER_HOST does not answer, no other one is started."""
    daemon(ENGINE)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{port}")
    assert f"no engine answers at tcp://127.0.0.1:{port}" in ensure_engine().problem
    assert started == []
    monkeypatch.setenv("DOCKER_HOST", "ssh://somewhere")
    assert "is not unix:// or tcp://" in ensure_engine().problem


def test_what_answers_and_is_no_engine(tmp_path: Path) -> None:
    """A wrong answer is reported as one; no answer ends at the limit."""
    path = tmp_path / "odd.sock"
    environ = {"DOCKER_HOST": f"unix://{path}"}
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        assert "timed out" in ask_engine(environ, limit_s=0.2).problem
        listener.accept()[0].close()

        def answer() -> None:
            connection = listener.accept()[0]
            connection.recv(1 << 16)
            connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n[]")
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        assert "the answer is not that of an engine" in ask_engine(environ, limit_s=20).problem
        thread.join(20)


def test_an_engine_one_may_not_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without access to the socket, the message names the group that has it."""

    def refuse(_connection: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(engine_api.UnixConnection, "connect", refuse)
    answer = ask_engine({"DOCKER_HOST": f"unix://{tmp_path}/engine.sock"})
    assert answer.problem.endswith("add the user to the group docker")


@pytest.mark.parametrize("backend", ["auto", "docker", "process"])
def test_provisioning_goes_on_without_an_engine(
    checkout: Path,
    daemon: Daemon,
    started: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    backend: str,
) -> None:
    """A failed start of the engine is not fatal; with ``--backend process`` none is started."""
    daemon("raise SystemExit(1)")
    gonogo = checkout / ".venv" / "bin" / "gonogo"
    gonogo.parent.mkdir(parents=True)
    gonogo.write_text(f'#!/bin/sh\necho "$@" > {checkout}/doctor\n')
    gonogo.chmod(0o755)
    monkeypatch.chdir(checkout)
    monkeypatch.setattr(__main__, "steps", lambda _root, _wanted: [])
    monkeypatch.setattr(__main__, "bootstrap_checks", lambda _wanted: [])
    assert __main__.main(["--backend", backend]) == ExitCode.GO
    assert (checkout / "doctor").read_text() == f"doctor --install --quiet --backend {backend}\n"
    told = capsys.readouterr().err
    assert ("services will run as local processes" in told) is (backend != "process")
    assert len(started) == (backend != "process")
