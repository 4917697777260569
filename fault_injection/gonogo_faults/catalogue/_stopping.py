"""Stopping every process of a service."""

import time
from signal import SIGSTOP

from gonogo.linux import read_stat, read_thread_stats, signal_identity
from gonogo.vocabulary import ProcessIdentity, System

# A process may fork while it is being stopped: each round stops what the last one missed.
_ROUNDS_MAX = 10
# A thread inside the kernel stops when its call is over; a sync to a slow disk takes seconds.
_THREADS_S_MAX = 5.0
_LOOK_EVERY_S = 0.002


def stop_all(system: System, service: str) -> list[ProcessIdentity]:
    """SIGSTOP to all its processes; returns those that were found."""
    seen: dict[ProcessIdentity, None] = {}
    for _ in range(_ROUNDS_MAX):
        found = system.processes(service)
        seen |= dict.fromkeys(found)
        running = [each for each in found if not _is_stopped(each)]
        for each in running:
            signal_identity(each, SIGSTOP)
        if not running:
            break
    return list(seen)


def threads_stand_still(pid: int) -> bool:
    """Wait until each thread of a stopped process has left the kernel; says whether all did."""
    end_s = time.monotonic() + _THREADS_S_MAX
    while not all(each.stopped or each.dead for each in read_thread_stats(pid)):
        if time.monotonic() > end_s:
            return False
        time.sleep(_LOOK_EVERY_S)
    return True


def _is_stopped(identity: ProcessIdentity) -> bool:
    stat = read_stat(identity.pid)
    return stat is None or stat.dead or stat.stopped
