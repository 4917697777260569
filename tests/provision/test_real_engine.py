"""The real ``dockerd``, beside that of the machine: it starts, answers, stays, or says why not."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gonogo.provision import ask_engine, engine, engine_api
from gonogo.provision.engine import EngineFailed, start_engine, started_by_us

pytestmark = pytest.mark.skipif(
    not ask_engine().version or shutil.which("dockerd", path=engine.SYSTEM_PATH) is None,
    reason="no engine runs on this machine, so another one could not either",
)
Command = Callable[..., tuple[str, ...]]


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """A command for an engine that shares nothing with that of the machine; ended afterwards."""
    # Short: containerd's sockets lie deep below it, and an address holds 108 bytes.
    tmp_path = Path(tempfile.mkdtemp(prefix="gonogo-"))
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setattr(engine_api, "DEFAULT_ADDRESS", f"unix://{tmp_path}/engine.sock")
    monkeypatch.setattr(engine, "STATE", tmp_path / "state.json")
    monkeypatch.setattr(engine, "LOG", tmp_path / "engine.log")
    engines: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def popen(*arguments: Any, **options: Any) -> "subprocess.Popen[bytes]":
        process = real(*arguments, **options)
        if options.get("start_new_session"):
            engines.append(process)
        return process

    monkeypatch.setattr(engine.subprocess, "Popen", popen)

    def command(*more: str) -> tuple[str, ...]:
        apart = {
            "host": f"unix://{tmp_path}/engine.sock",
            "data-root": tmp_path / "data",
            "exec-root": tmp_path / "exec",
            "pidfile": tmp_path / "engine.pid",
            "bridge": "none",
            "iptables": "false",
        }
        # A network of its own: an engine without a bridge removes the one of the machine's engine.
        alone = ("unshare", "--net", "dockerd")
        return (*alone, *(f"--{name}={value}" for name, value in apart.items()), *more)

    yield command
    for each in engines:
        each.terminate()
        each.wait(60)
    # One that gives up early leaves its data directory mounted on itself.
    subprocess.run(["umount", str(tmp_path / "data")], check=False, capture_output=True)
    shutil.rmtree(tmp_path, ignore_errors=True)


def test_a_real_engine_starts(beside: Command) -> None:
    """It answers with its version, runs in a session of its own, and is recorded as ours."""
    start_engine(beside("--storage-driver=overlay2"))
    assert ask_engine().version.startswith("Docker ")
    known = started_by_us()
    assert known is not None
    assert os.getsid(known.pid) == known.pid


def test_a_real_engine_that_cannot_start_says_why(beside: Command) -> None:
    """The one line with the reason is found in its log."""
    with pytest.raises(EngineFailed, match=r"ended with 1: failed to start daemon: .*driver"):
        start_engine(beside("--storage-driver=nonsense"))
