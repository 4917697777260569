"""A container's file systems, reached from this machine through its main process."""

import contextlib
import errno
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from gonogo.linux import (
    Namespace,
    as_root,
    descriptors,
    device_name,
    mount_points,
    mounts_at,
    open_directory,
    root_of,
)
from gonogo.vocabulary import EnvironmentFailed

_MIB = 1024 * 1024
_CALL_S_MAX = 5.0
# In a process of its own: only a process without threads can enter a mount namespace, and there
# is no Python to import from in there. The numbers are those of mount(2).
_REMOUNT = """
import ctypes, os, sys
namespace, path, read_only = sys.argv[1], sys.argv[2].encode(), sys.argv[3] == "ro"
libc = ctypes.CDLL(None, use_errno=True)
fd = os.open(namespace, os.O_RDONLY)
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


@as_root
def mount_of(pid: int, path: str) -> Mount:
    """What that path of the process is on.

    Raises:
        OSError: there is no such directory.
    """
    fd = open_directory(pid, path)
    try:
        found, directory = os.fstatvfs(fd), os.fstat(fd)
    finally:
        os.close(fd)
    shared = device_name(directory) in {each.device for each in mount_points(os.getpid())}
    root = os.stat(root_of(pid)).st_dev
    return Mount(
        size_bytes=found.f_blocks * found.f_frsize,
        free_bytes=found.f_bavail * found.f_frsize,
        read_only=bool(found.f_flag & os.ST_RDONLY),
        own=not shared and directory.st_dev != root,
    )


@as_root
def is_mount_point(pid: int, path: str) -> bool:
    """Whether something is mounted exactly there for that process."""
    return bool(mounts_at(pid, path))


@as_root
def writer_of(pids: Sequence[int], path: str) -> int | None:
    """The first of a container's processes with a file of that mount open for writing.

    Args:
        pids: its processes, the main one first; those that have ended have nothing open.
        path: the mount point.
    """
    mounts = {each.id for each in mounts_at(pids[0], path)}
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if any(each.writes and each.mount in mounts for each in descriptors(pid)):
                return pid
    return None


@as_root
def remount(pid: int, path: str, *, read_only: bool) -> None:
    """Make one mount of that process' namespace read-only or writable; change no other mount.

    Raises:
        EnvironmentFailed: the kernel refuses: while a file is open for writing it is busy.
    """
    if not Namespace.MOUNT.is_there(pid):
        return
    how = "ro" if read_only else "rw"
    command = [sys.executable, "-I", "-S", "-c", _REMOUNT, Namespace.MOUNT.path(pid), path, how]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_CALL_S_MAX, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise EnvironmentFailed(f"remounting {path} hangs", where=f"pid {pid}") from error
    if done.returncode != 0 and Namespace.MOUNT.is_there(pid):
        said = done.stderr.strip()[-200:]
        raise EnvironmentFailed(f"{path} cannot be remounted {how}: {said}", where=f"pid {pid}")


@as_root
def canary_error(pid: int, path: str, name: str, size_bytes: int) -> int:
    """Write a canary file there and remove it: 0, or the number of the error this met.

    Raises:
        OSError: there is no such directory.
    """
    parent = open_directory(pid, path)
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
    parent = open_directory(pid, path)
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
        parent = open_directory(pid, path)
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
