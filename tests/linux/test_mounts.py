"""Mounts, namespaces and sockets of a process."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from gonogo.linux import (
    Namespace,
    device_name,
    ephemeral_ports,
    listens,
    mount_points,
    mounts_at,
    open_directory,
    read_boot_id,
    wait_until,
)


def test_the_mount_of_proc_is_seen() -> None:
    """It is listed with the device that its files are on."""
    proc = mounts_at(os.getpid(), "/proc/")[-1]
    assert proc in mount_points(os.getpid())
    assert proc.device == device_name(os.stat("/proc"))
    assert mounts_at(os.getpid(), "/nowhere") == []


def test_a_link_on_the_way_is_not_followed(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    """A directory of another process is opened part by part; a link may lead anywhere."""
    inside = tmp_path / "real" / "inside"
    inside.mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    fd = open_directory(sleeper.pid, str(inside))
    assert os.path.samestat(os.fstat(fd), inside.stat())
    os.close(fd)
    with pytest.raises(OSError):  # noqa: PT011 - ELOOP or ENOTDIR, by the kernel's version
        open_directory(sleeper.pid, str(tmp_path / "link" / "inside"))


def test_namespaces_are_shared_until_a_process_gets_its_own(
    sleeper: subprocess.Popen[bytes], gone: int
) -> None:
    """A child shares them; one that unshares its network has another; one that is gone has none."""
    assert all(each.id(sleeper.pid) == each.id(os.getpid()) for each in Namespace)
    assert not Namespace.NETWORK.is_there(gone)
    if os.geteuid() != 0:
        pytest.skip("only root can make a namespace")
    ours = Namespace.NETWORK.id(os.getpid())
    with subprocess.Popen(["unshare", "-n", "sleep", "600"]) as apart:
        assert wait_until(lambda: Namespace.NETWORK.id(apart.pid) != ours, 10)
        apart.kill()


def test_a_port_counts_while_something_listens_on_it(sleeper: subprocess.Popen[bytes]) -> None:
    """A bound port is not enough; the given process only selects the network namespace."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        assert not listens(sleeper.pid, port)
        server.listen()
        assert listens(sleeper.pid, port)
    assert not listens(sleeper.pid, port)


def test_facts_of_the_machine() -> None:
    """The boot has a name of 36 characters, and outgoing connections have ports."""
    assert len(read_boot_id()) == 36
    assert 1024 <= ephemeral_ports().start < ephemeral_ports().stop <= 65536
