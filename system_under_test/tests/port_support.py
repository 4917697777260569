"""Loopback ports that stay the tests' own, also while what listens on them is down."""

from __future__ import annotations

import fcntl
import os
import random
import socket
import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

# The gate's runs lease their ports by the same file and rule: one byte of it stands for one port,
# and whoever holds the lock on the byte holds the port. The kernel drops it with the process.
_LOCK_FILE = Path("/tmp/gonogo-ports.lock")  # noqa: S108 - one for all users; nothing is in it
_LOWEST = 20_000
_RANGE_FILE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def lease_port() -> int:
    """Return a port that nothing is bound to and nobody else leases while this process lives.

    It is below those of outgoing connections: none of them takes it between kill and restart.
    """
    for port in _candidates():
        if _lock(port) and _is_free(port):
            return port
    raise AssertionError("no loopback port is left: ss -ltnp")


@cache
def _candidates() -> Iterator[int]:
    """Each port once, in an order of this process's own."""
    first_ephemeral = int(_RANGE_FILE.read_text().split()[0])
    ports = list(range(_LOWEST, first_ephemeral))
    random.SystemRandom().shuffle(ports)
    return iter(ports)


@cache
def _lock_file() -> int:
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        # Without O_CREAT first: fs.protected_regular refuses it on another user's file.
        return os.open(_LOCK_FILE, flags)
    except FileNotFoundError:
        fd = os.open(_LOCK_FILE, flags | os.O_CREAT, 0o666)
        os.fchmod(fd, 0o666)
        return fd


def _lock(port: int) -> bool:
    wanted = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, port, 1, 0)
    try:
        fcntl.fcntl(_lock_file(), fcntl.F_OFD_SETLK, wanted)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
