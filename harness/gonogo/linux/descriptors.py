"""``/proc/PID/fd`` and ``fdinfo``: which files a process has open, and how. See proc(5)."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from gonogo.linux.proc_file import read_proc

Inode = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Descriptor:
    """An open file of a process.

    Attributes:
        pid: the process.
        number: the descriptor's number in it.
        flags: as open(2) has them.
        mount: id of the mount the file is on; see ``Mount.id``.
    """

    pid: int
    number: int
    flags: int
    mount: int

    @property
    def path(self) -> str:
        """By which this process can open the same file again."""
        return f"/proc/{self.pid}/fd/{self.number}"

    @property
    def writes(self) -> bool:
        """Whether it is open for writing."""
        return self.flags & os.O_ACCMODE != os.O_RDONLY

    @property
    def appends(self) -> bool:
        """Whether every write goes to the end of the file."""
        return bool(self.flags & os.O_APPEND)

    def inode(self) -> Inode | None:
        """Device and inode of the file; None when the descriptor is closed."""
        return inode_of(self.path)


def inode_of(path: str | os.PathLike[str]) -> Inode | None:
    """Device and inode of what a path leads to; None when there is nothing."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def descriptor_numbers(pid: int) -> list[int]:
    """Numbers of its open descriptors.

    Raises:
        OSError: the process is gone or belongs to another user.
    """
    return [int(name) for name in os.listdir(f"/proc/{pid}/fd")]


def open_descriptors(pid: int) -> int:
    """How many it has open; 0 when it is gone or belongs to another user."""
    try:
        return len(descriptor_numbers(pid))
    except OSError:
        return 0


def read_descriptor(pid: int, number: int) -> Descriptor | None:
    """One descriptor; None when it is closed or the process is gone.

    Raises:
        PermissionError: the process belongs to another user.
    """
    try:
        text = read_proc(f"/proc/{pid}/fdinfo/{number}").decode()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = dict(line.split(":", 1) for line in text.splitlines()[:3])
    return Descriptor(pid, number, int(fields["flags"], 8), int(fields["mnt_id"]))


def descriptors(pid: int) -> Iterator[Descriptor]:
    """Every open descriptor; those closed meanwhile are left out.

    Raises:
        OSError: the process is gone or belongs to another user.
    """
    for number in descriptor_numbers(pid):
        found = read_descriptor(pid, number)
        if found is not None:
            yield found


def keep_descriptors_private() -> None:
    """Mark what this process inherited (a make jobserver, a CI's pipe) close-on-exec."""
    for number in descriptor_numbers(os.getpid()):
        if number > 2:
            try:
                os.set_inheritable(number, False)
            except OSError:
                continue  # the descriptor of the listing itself
