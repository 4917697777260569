"""Reading files of ``/proc`` in as few system calls as possible: a sweep reads hundreds of them."""

import os

# What reading a file of a process raises when the process is gone or belongs to another user.
GONE = (FileNotFoundError, ProcessLookupError, PermissionError)


def read_proc(path: str) -> bytes:
    """The whole file.

    Raises:
        OSError: there is no such file or process, or it belongs to another user.
    """
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return b"".join(iter(lambda: os.read(fd, 65536), b""))
    finally:
        os.close(fd)
