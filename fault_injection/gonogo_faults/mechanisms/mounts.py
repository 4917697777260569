"""A container's file systems, reached from this machine through its main process."""

import contextlib
import errno
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gonogo.linux import as_root
from gonogo.vocabulary import EnvironmentFailed

_MIB = 1024 * 1024
_CALL_S_MAX = 5.0
# In a process of its own: only a process without threads can enter a mount namespace, and there
# is no Python to import from in there. The numbers are those of mount(2).
_REMOUNT = """
import ctypes, os, sys
pid, path, read_only = int(sys.argv[1]), sys.argv[2].encode(), sys.argv[3] == "ro"
libc = ctypes.CDLL(None, use_errno=True)
fd = os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY)
def check(result):
    if result:
        os.write(2, os.strerror(ctypes.get_errno()).encode())
        os._exit(1)
check(libc.setns(fd, 0x20000))
kept = os.statvfs(path).f_flag
flags = 0x20 | 0x1000 | (kept & (2 | 4 | 8 | 1024 | 2048)) | (0x200000 if kept & 4096 else 0)
check(libc.mount(None, path, None, flags | read_only, None))
"""


@dataclass(frozen=True, slots=True)
class Mount:
    """The file system a path of a container is on.

    Attributes:
        size_bytes: of all of it.
        free_bytes: what a process without privileges may still write.
        read_only: whether it is mounted so.
        own: whether it is a file system that neither the container's root nor this machine's
            files are on.
    """

    size_bytes: int
    free_bytes: int
    read_only: bool
    own: bool


def _directory(pid: int, path: str) -> int:
    """A descriptor of a directory as that process sees it; no link in the path is followed.

    A link in a container may lead anywhere on this machine.

    Raises:
        OSError: there is none, or a link is in its path.
    """
    fd = os.open(f"/proc/{pid}/root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    for part in Path(path).parts[1:]:
        try:
            below = os.open(
                part, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=fd
            )
        finally:
            os.close(fd)
        fd = below
    return fd


@as_root
def mount_of(pid: int, path: str) -> Mount:
    """What that path of the process is on.

    Raises:
        OSError: there is no such directory.
    """
    fd = _directory(pid, path)
    try:
        found, device = os.statvfs(f"/proc/self/fd/{fd}"), os.stat(fd).st_dev
    finally:
        os.close(fd)
    ours = {row.split()[2] for row in Path("/proc/self/mountinfo").read_text().splitlines()}
    shared = f"{os.major(device)}:{os.minor(device)}" in ours
    root = os.stat(f"/proc/{pid}/root").st_dev
    return Mount(
        size_bytes=found.f_blocks * found.f_frsize,
        free_bytes=found.f_bavail * found.f_frsize,
        read_only=bool(found.f_flag & os.ST_RDONLY),
        own=not shared and device != root,
    )


@as_root
def is_mount_point(pid: int, path: str) -> bool:
    """Whether something is mounted exactly there for that process."""
    rows = Path(f"/proc/{pid}/mountinfo").read_text().splitlines()
    return any(row.split()[4] == path.rstrip("/") for row in rows)


@as_root
def writer_of(pids: Sequence[int], path: str) -> int | None:
    """The first of a container's processes with a file of that mount open for writing.

    Args:
        pids: its processes, the main one first; those that have ended have nothing open.
        path: the mount point.
    """
    rows = (row.split() for row in Path(f"/proc/{pids[0]}/mountinfo").read_text().splitlines())
    mounts = {row[0] for row in rows if row[4] == path.rstrip("/")}
    for pid in pids:
        for descriptor in Path(f"/proc/{pid}/fdinfo").glob("*"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                told = dict(row.split(":", 1) for row in descriptor.read_text().splitlines()[:3])
                writes = int(told["flags"], 8) & os.O_ACCMODE != os.O_RDONLY
                if writes and told["mnt_id"].strip() in mounts:
                    return pid
    return None


@as_root
def remount(pid: int, path: str, *, read_only: bool) -> None:
    """Make one mount of that process' namespace read-only or writable, and nothing else of it.

    Raises:
        EnvironmentFailed: the kernel refuses: while a file is open for writing it is busy.
    """
    if not os.path.exists(f"/proc/{pid}/ns/mnt"):
        return
    how = "ro" if read_only else "rw"
    command = [sys.executable, "-I", "-S", "-c", _REMOUNT, str(pid), path, how]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_CALL_S_MAX, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise EnvironmentFailed(f"remounting {path} hangs", where=f"pid {pid}") from error
    if done.returncode != 0 and os.path.exists(f"/proc/{pid}/ns/mnt"):
        said = done.stderr.strip()[-200:]
        raise EnvironmentFailed(f"{path} cannot be remounted {how}: {said}", where=f"pid {pid}")


@as_root
def canary_error(pid: int, path: str, name: str, size_bytes: int) -> int:
    """Write a canary file there and remove it: 0, or the number of the error this met.

    Raises:
        OSError: there is no such directory.
    """
    parent = _directory(pid, path)
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        try:
            fd = os.open(name, flags, 0o600, dir_fd=parent)
        except OSError as error:
            return error.errno or -1
        try:
            os.write(fd, b"\0" * size_bytes)
            os.fsync(fd)
        except OSError as error:
            return error.errno or -1
        finally:
            os.close(fd)
            os.unlink(name, dir_fd=parent)
    finally:
        os.close(parent)
    return 0


@as_root
def fill(pid: int, path: str, name: str, bytes_max: int) -> None:
    """Make a file there that takes all space that is left: in large pieces, then in pages.

    Raises:
        OSError: there is no such directory, or that file already.
    """
    parent = _directory(pid, path)
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        fd = os.open(name, flags, 0o600, dir_fd=parent)
        try:
            _write(fd, bytes_max)
        finally:
            os.close(fd)
    finally:
        os.close(parent)


@as_root
def remove_file(pid: int, path: str, name: str) -> None:
    """Remove a file there; nothing to do when the file or the process is gone."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        parent = _directory(pid, path)
        try:
            os.unlink(name, dir_fd=parent)
        finally:
            os.close(parent)


def _write(fd: int, bytes_max: int) -> None:
    written = 0
    for piece in (b"\0" * _MIB, b"\0" * 4096):
        while written < bytes_max:
            try:
                written += os.write(fd, piece)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                break
