"""Killing processes until none is left."""

import signal
import time
from collections.abc import Callable, Sequence

from gonogo.linux.identity import signal_identity
from gonogo.linux.waiting import wait_for_exits, wait_until
from gonogo.vocabulary import ProcessIdentity

_ROUND_S = 0.2


def kill_all(
    find: Callable[[], Sequence[ProcessIdentity]], *, limit_s: float, quiet_s: float = 0.0
) -> tuple[list[ProcessIdentity], list[ProcessIdentity]]:
    """SIGKILL what ``find`` finds, until it finds nothing: a process may fork before it is killed.

    SIGKILL ends a stopped process too. It gets no SIGCONT first: then it would go on working.

    Args:
        find: looks for the processes.
        limit_s: give up after this long.
        quiet_s: for how long nothing must be found before it counts as nothing.

    Returns:
        Those killed, and those found at last that are still there.
    """
    deadline = time.monotonic() + limit_s
    killed: dict[ProcessIdentity, None] = {}
    found: list[ProcessIdentity] = []

    def found_some() -> bool:
        found[:] = find()
        return bool(found)

    while wait_until(found_some, quiet_s):
        for identity in found:
            signal_identity(identity, signal.SIGKILL)
            killed[identity] = None
        wait_for_exits(found, _ROUND_S)
        if time.monotonic() > deadline:
            break
    return list(killed), list(found)
