"""Private loopback ports, distinct among all runs on this machine."""

import fcntl
import hashlib
import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

from gonogo.linux import ephemeral_ports
from gonogo.vocabulary import EnvironmentFailed

# One byte of this file stands for one port; the process that locks the byte has the port.
# In /tmp and not in TMPDIR because it must be the same file for every user and shell.
_LOCK_FILE = Path("/tmp/gonogo-ports.lock")  # noqa: S108 - see above; holds nothing, O_NOFOLLOW
_LOWEST = 20000
_HIGHEST = 65535


class PortLease:
    """Ports of this run until ``release`` or until this process dies, however it dies.

    The kernel drops the locks with the process, so a lease never goes stale.

    Args:
        run: run id; where the search starts depends on it and on nothing random.
    """

    def __init__(self, run: str) -> None:
        self._run = run
        self._fd = _open_lock_file()

    def take(self, count: int) -> list[int]:
        """Take that many ports that are free and that no other run has taken.

        Raises:
            EnvironmentFailed: there are not that many.
        """
        taken: list[int] = []
        for port in _candidates(self._run):
            if len(taken) == count:
                break
            if _free(port) and self._lock(port):
                taken.append(port)
        if len(taken) < count:
            raise EnvironmentFailed(
                f"only {len(taken)} of the {count} loopback ports needed are free",
                where=f"127.0.0.1:{_LOWEST}-{_HIGHEST}",
                hint="end what occupies them: ss -ltnp",
            )
        return taken

    def release(self) -> None:
        """Give all of them back; may be called twice."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _lock(self, port: int) -> bool:
        wanted = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, port, 1, 0)
        try:
            fcntl.fcntl(self._fd, fcntl.F_OFD_SETLK, wanted)
        except (BlockingIOError, PermissionError):
            return False
        return True


def _open_lock_file() -> int:
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        # Without O_CREAT first: fs.protected_regular refuses it on another user's file.
        return os.open(_LOCK_FILE, flags)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise _unusable(error) from error
    try:
        fd = os.open(_LOCK_FILE, flags | os.O_CREAT, 0o666)
        os.fchmod(fd, 0o666)
    except OSError as error:
        raise _unusable(error) from error
    return fd


def _unusable(error: OSError) -> EnvironmentFailed:
    return EnvironmentFailed(
        f"the lock file of the ports cannot be used: {error.strerror}",
        where=str(_LOCK_FILE),
        hint=f"remove {_LOCK_FILE} or make it readable and writable for everyone",
    )


def _candidates(run: str) -> Iterator[int]:
    """Ports outside the kernel's ephemeral range first: no outgoing connection takes those."""
    outgoing = ephemeral_ports()
    ports = range(_LOWEST, _HIGHEST + 1)
    quiet = [port for port in ports if port not in outgoing]
    busy = [port for port in ports if port in outgoing]
    seed = int.from_bytes(hashlib.sha256(run.encode()).digest()[:4])
    for group in (quiet, busy):
        start = seed % max(len(group), 1)
        yield from group[start:] + group[:start]


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
