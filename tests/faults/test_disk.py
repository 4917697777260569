"""disk-full and read-only-disk: writing is really refused, and works again afterwards."""

import errno
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from gonogo.backends import CONTAINERS, SupervisedEnvironment
from gonogo.target import Container
from gonogo.vocabulary import UsageError
from gonogo_faults import FaultUnsupported, heal_all, make_fault, open_intents
from gonogo_faults.catalogue import DiskFull, ReadOnlyDisk
from gonogo_faults.mechanisms import canary_error
from tests.backends.builders import Memory, redis, skip_without, stay, target
from tests.faults.conftest import Arm
from tests.faults.in_containers import killed_armer, main_pid

DATA = "/data"
KIB = 1024
OPEN = "import time; f = open('/data/log', 'w'); print('stay.ready', flush=True); time.sleep(600)"
BOTH = [("disk-full", errno.ENOSPC), ("read-only-disk", errno.EROFS)]


@pytest.fixture
def system(
    tmp_path: Path, run_dir: Path, run: str, memory: Memory
) -> Iterator[SupervisedEnvironment]:
    """Redis with a small disk of its own, one with a volume, and one that holds a file open."""
    skip_without("docker")
    small = Container(init=True, tmpfs={DATA: "size=16m,mode=1777"})
    writer = ("python3", "-c", OPEN)
    services = (
        redis(restart="no", container=small, volumes={}),
        redis("volumed", restart="no"),
        stay("writer", process_command=writer, command=writer, container=small, restart="no"),
    )
    with CONTAINERS.environment(target(tmp_path, *services), run_dir, run, memory) as started:
        yield started


def _says(system: SupervisedEnvironment, *commands: str) -> str:
    """What Redis answers to the last command."""
    answer = b""
    with socket.create_connection(system.address("redis", 6379), 30) as connection:
        for command in ("AUTH s3cret-of-redis", *commands):
            connection.sendall(command.encode() + b"\r\n")
            answer = connection.recv(4096)
    return answer.decode()


def _error(system: SupervisedEnvironment, service: str) -> int:
    return canary_error(main_pid(system, service), DATA, "looked-by-the-test", 8 * KIB)


@pytest.mark.parametrize(("name", "error"), BOTH)
def test_it_bites_and_is_gone_after(
    system: SupervisedEnvironment, arm: Arm, name: str, error: int
) -> None:
    """The service itself cannot save its data while it is armed, and can afterwards."""
    value = "x" * 64 * KIB
    assert "OK" in _says(system, f"SET key {value}", "SAVE")
    with arm(make_fault(name, path=DATA), "redis") as fault:
        assert fault.observed, fault.evidence
        assert _error(system, "redis") == error
        assert "ERR" in _says(system, "SAVE")
    assert fault.absent, fault
    assert _error(system, "redis") == 0
    assert "OK" in _says(system, "SAVE")
    left = sorted(
        each.name for each in Path(f"/proc/{main_pid(system, 'redis')}/root/data").iterdir()
    )
    assert left == ["dump.rdb"]


@pytest.mark.parametrize("kind", [DiskFull, ReadOnlyDisk])
def test_an_arming_that_does_nothing_is_not_observed(
    arm: Arm, monkeypatch: pytest.MonkeyPatch, kind: type[DiskFull | ReadOnlyDisk]
) -> None:
    """The canary file can be written, so the fault is not observed."""
    monkeypatch.setattr(kind, "arm", lambda *_: None)
    with arm(kind(DATA), "redis", observe_timeout_s=0.2) as fault:
        assert not fault.observed
        assert "could be written" in fault.evidence.what
    assert fault.absent


@pytest.mark.parametrize(("name", "error"), BOTH)
def test_another_process_executes_the_undo(
    system: SupervisedEnvironment, name: str, error: int
) -> None:
    """What a killed process left armed is undone from the journal; twice is harmless."""
    with killed_armer(system, name, "redis", json.dumps({"path": DATA})):
        assert _error(system, "redis") == error
        undo = open_intents(system.run_dir)[0].undo
        assert len(heal_all(system.run_dir, recorder=Memory())) == 1
        assert _error(system, "redis") == 0
        undo.execute(None)
    assert _error(system, "redis") == 0


@pytest.mark.parametrize(("name", "error"), BOTH)
def test_a_restart_under_the_fault_ends_it(
    system: SupervisedEnvironment, arm: Arm, name: str, error: int
) -> None:
    """A container that is started again has a new mount; healing changes nothing."""
    with arm(make_fault(name, path=DATA), "redis") as fault:
        assert _error(system, "redis") == error
        with arm(make_fault("kill"), "redis"):
            pass
    assert fault.absent


def test_what_is_not_its_own_is_never_filled(arm: Arm) -> None:
    """A volume on this machine's disk, the root, and a path that is not a directory are refused."""
    for path, service, why in (
        (DATA, "volumed", "of its own"), ("/", "redis", "of its own"),
        ("/nowhere", "redis", "No such file"), ("/bin", "redis", "Not a directory"),
    ):  # fmt: skip
        with pytest.raises(FaultUnsupported, match=why), arm(DiskFull(path), service):
            pass
    with (
        pytest.raises(FaultUnsupported, match="no mount point"),
        arm(ReadOnlyDisk("/usr"), "redis"),
    ):
        pass
    with pytest.raises(UsageError, match="path"):
        make_fault("disk-full", path="data")


def test_a_busy_mount_is_reported(system: SupervisedEnvironment, arm: Arm) -> None:
    """With a file open for writing the kernel refuses: unsupported, and nothing is changed."""
    with (
        pytest.raises(FaultUnsupported, match="open for writing"),
        arm(ReadOnlyDisk(DATA), "writer"),
    ):
        pass
    assert _error(system, "writer") == 0
    assert open_intents(system.run_dir) == []
