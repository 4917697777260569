"""What one process uses, as ``/proc`` shows it."""

import os
from pathlib import Path


def anonymous_bytes(pid: int) -> int:
    """Anonymous memory of a process; 0 when it is gone.

    Pages that it shares with siblings, by fork or a mapped file, are not counted.
    """
    try:
        # A process may have any bytes as its name, and the kernel cuts names at 15 bytes.
        status = Path(f"/proc/{pid}/status").read_text(errors="replace")
    except OSError:
        return 0
    for line in status.splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0


def open_descriptors(pid: int) -> int:
    """Open descriptors of a process; 0 when it is gone or belongs to another user."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0
