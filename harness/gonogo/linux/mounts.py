"""``/proc/PID/mountinfo`` and ``root``: the file systems a process sees. See proc(5)."""

import os
from dataclasses import dataclass
from pathlib import Path

from gonogo.linux.proc_file import read_proc


@dataclass(frozen=True, slots=True)
class MountPoint:
    """One mount of a process' mount namespace.

    Attributes:
        id: unique in that namespace.
        device: ``major:minor``.
        path: where it is mounted, as the process sees it.
    """

    id: int
    device: str
    path: str


def mount_points(pid: int) -> list[MountPoint]:
    """Every mount that the process sees.

    Raises:
        OSError: the process is gone or belongs to another user.
    """
    rows = (line.split() for line in read_proc(f"/proc/{pid}/mountinfo").decode().splitlines())
    return [MountPoint(int(row[0]), row[2], row[4]) for row in rows]


def mounts_at(pid: int, path: str) -> list[MountPoint]:
    """The mounts exactly at that path, as that process sees them; the lowest first.

    Raises:
        OSError: the process is gone or belongs to another user.
    """
    return [each for each in mount_points(pid) if each.path == path.rstrip("/")]


def device_name(status: os.stat_result) -> str:
    """``major:minor`` of the device a file is on, as ``MountPoint.device`` has it."""
    return f"{os.major(status.st_dev)}:{os.minor(status.st_dev)}"


def root_of(pid: int) -> str:
    """Path by which this process reaches the root directory of that one."""
    return f"/proc/{pid}/root"


def open_directory(pid: int, path: str) -> int:
    """A descriptor of a directory as that process sees it; no link in the path is followed.

    A link in a container may lead anywhere on this machine.

    Raises:
        OSError: there is none, or a link is in its path.
    """
    fd = os.open(root_of(pid), os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    flags = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    for part in Path(path).parts[1:]:
        try:
            below = os.open(part, flags, dir_fd=fd)
        finally:
            os.close(fd)
        fd = below
    return fd
