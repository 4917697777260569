"""Finding the processes of a run, also those that left its session or lost its variables."""

import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from gonogo.linux.descriptors import Inode, inode_of, read_descriptor
from gonogo.linux.identity import run_markers
from gonogo.linux.stat import ProcessStat, all_stats
from gonogo.vocabulary import ProcessIdentity


def processes_of_run(
    run: str,
    *,
    service: str = "",
    mains: Collection[ProcessIdentity] = (),
    logs: Iterable[Path] = (),
    since_ticks: int = 0,
    just_ended: Collection[ProcessIdentity] = (),
) -> list[ProcessIdentity]:
    """Processes of a run that are alive, oldest first.

    One counts when it carries the run id, is one of ``mains``, is in the session one of them
    leads, writes its output to one of ``logs``, or descends from such a process. A session whose
    leader is gone counts only when one of the other rules holds for a process in it: another
    program may have got its number since. The caller and its ancestors never count.

    Args:
        run: run id.
        service: only those of this service; ``""`` for all.
        mains: processes known to be of the run (and service).
        logs: log files only the run's services write to.
        since_ticks: none that started earlier counts; spares looking at them.
        just_ended: mains that lived until now: no other program can have their session yet.
    """
    stats = all_stats()
    excluded = _ancestry(stats, os.getpid())
    candidates = {
        pid: stat
        for pid, stat in stats.items()
        if pid not in excluded and stat.start_ticks >= since_ticks
    }
    sessions = _sessions(stats, mains)
    inodes = {inode for path in logs if (inode := inode_of(path)) is not None}
    known = {(main.pid, main.start_ticks) for main in mains}
    found = {
        pid
        for pid, stat in candidates.items()
        if (pid, stat.start_ticks) in known
        or _carries(pid, run, service)
        or (inodes and _writes_to(pid, inodes))
    }
    certain = {each.pid for each in just_ended} | {candidates[pid].session for pid in found}
    found |= {
        pid
        for pid, stat in candidates.items()
        if stat.start_ticks >= sessions.get(stat.session, stat.start_ticks + 1)
        and (stat.session in stats or stat.session in certain)
    }
    found |= _descendants(candidates, found)
    chosen = sorted((stats[pid] for pid in found), key=lambda stat: (stat.start_ticks, stat.pid))
    return [ProcessIdentity(stat.pid, stat.start_ticks, run) for stat in chosen]


def family_of(main: ProcessIdentity) -> list[ProcessIdentity]:
    """A process and its descendants, itself first, then by age; empty when it is gone.

    In a container these are all processes except those started from outside, such as health
    checks: the main process becomes the parent of every orphan.
    """
    stats = all_stats()
    if main.pid not in stats or stats[main.pid].start_ticks != main.start_ticks:
        return []
    below = [stats[pid] for pid in _descendants(stats, {main.pid}) if pid != main.pid]
    below.sort(key=lambda stat: (stat.start_ticks, stat.pid))
    return [main, *(ProcessIdentity(stat.pid, stat.start_ticks, main.run) for stat in below)]


def _carries(pid: int, run: str, service: str) -> bool:
    its_run, its_service = run_markers(pid)
    return its_run != "" and its_run == run and service in ("", its_service)


def _ancestry(stats: Mapping[int, ProcessStat], pid: int) -> set[int]:
    line: set[int] = set()
    while pid in stats and pid not in line:
        line.add(pid)
        pid = stats[pid].parent
    return line


def _descendants(stats: Mapping[int, ProcessStat], roots: set[int]) -> set[int]:
    family = set(roots)
    while young := {p for p, s in stats.items() if s.parent in family and p not in family}:
        family |= young
    return family


def _sessions(
    stats: Mapping[int, ProcessStat], mains: Collection[ProcessIdentity]
) -> dict[int, int]:
    """Session id of each of ``mains`` to its start; a reused pid leads another session.

    A main process that ended before it could be read has no start time and is left out: its pid
    may be 0, and session 0 has the kernel's own threads.
    """
    return {
        main.pid: main.start_ticks
        for main in mains
        if main.start_ticks
        and (main.pid not in stats or stats[main.pid].start_ticks == main.start_ticks)
    }


def _writes_to(pid: int, inodes: set[Inode]) -> bool:
    """Whether stdout or stderr goes there; readers such as ``tail`` do not count.

    Only these two: between fork and exec any child of the harness holds copies of the rest.
    """
    return any(inode_of(f"/proc/{pid}/fd/{fd}") in inodes and _writable(pid, fd) for fd in (1, 2))


def _writable(pid: int, fd: int) -> bool:
    try:
        descriptor = read_descriptor(pid, fd)
    except PermissionError:
        return False
    return descriptor is not None and descriptor.writes
