"""The upload lock: one upload at a time in a workspace."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK_FILE = ".upload.lock"
POLL_S = 0.2
WAIT_S_MAX = 300.0


class Occupied(Exception):
    """Another upload held the lock for the whole waiting time; a later try may succeed."""


@contextmanager
def alone(workspace: Path, wait_s_max: float = WAIT_S_MAX) -> Iterator[None]:
    """Hold the workspace's upload lock; raises Occupied.

    Two uploads at once would both find the same products missing in the shop and write each twice.
    The kernel releases the lock when its holder ends, also by SIGKILL.
    """
    with (workspace / LOCK_FILE).open("ab") as lock:
        end_s = time.monotonic() + wait_s_max
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end_s:
                    raise Occupied(f"another upload has run for {wait_s_max:g} s") from None
                time.sleep(POLL_S)
        yield
