"""``/proc/PID/ns``: the namespaces of a process. See namespaces(7)."""

import ctypes
import os
from enum import Enum


class Namespace(Enum):
    """A kind of namespace: its name in ``/proc/PID/ns``, its number for setns(2)."""

    MOUNT = "mnt", 0x00020000
    NETWORK = "net", 0x40000000
    PID = "pid", 0x20000000

    def path(self, pid: int) -> str:
        """The file that stands for that process' namespace."""
        return f"/proc/{pid}/ns/{self.value[0]}"

    def is_there(self, pid: int) -> bool:
        """Whether the process still has it: a process that has ended has none."""
        return os.path.exists(self.path(pid))

    def id(self, pid: int) -> str:
        """Its identity: the same for two processes exactly when they share it.

        Raises:
            OSError: the process is gone or belongs to another user.
        """
        return os.readlink(self.path(pid))

    def enter(self, pid: int) -> None:
        """Move the calling thread into that process' namespace; nothing moves it back.

        Raises:
            OSError: the process is gone, or the kernel refuses.
        """
        fd = os.open(self.path(pid), os.O_RDONLY | os.O_CLOEXEC)
        try:
            if ctypes.CDLL(None, use_errno=True).setns(fd, self.value[1]) != 0:
                raise OSError(ctypes.get_errno(), "setns")
        finally:
            os.close(fd)
