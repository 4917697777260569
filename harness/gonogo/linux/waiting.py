"""Waiting for a condition for which the kernel sends no event: check, wait, check again."""

import contextlib
import os
import select
import time
from collections.abc import Callable, Iterable

from gonogo.vocabulary import ProcessIdentity


def wait_until(holds: Callable[[], bool], limit_s: float, interval_s: float = 0.02) -> bool:
    """Check until the condition holds or the limit has passed; says whether it held."""
    deadline = time.monotonic() + limit_s
    while not holds():
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            return False
        time.sleep(min(interval_s, left_s))
    return True


def wait_for_exits(identities: Iterable[ProcessIdentity], limit_s: float) -> bool:
    """Wait until all are gone or zombies; says whether they are. Wakes on each exit."""
    deadline = time.monotonic() + limit_s
    poller = select.poll()
    with contextlib.ExitStack() as open_fds:
        waiting = {fd for identity in identities if (fd := _pidfd(identity.pid)) is not None}
        for fd in waiting:
            open_fds.callback(os.close, fd)
            poller.register(fd, select.POLLIN)
        while waiting and (left_s := deadline - time.monotonic()) > 0:
            for fd, _ in poller.poll(left_s * 1000):
                poller.unregister(fd)
                waiting.discard(fd)
    return not waiting


def _pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None
