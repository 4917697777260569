"""Sweeping what a run left behind after its owner died."""

import contextlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from harness.environment._find import processes_of_run
from harness.environment._kill import kill_all
from harness.environment._snapshot import Snapshot, read_snapshot, write_snapshot
from harness.environment._state_dir import read_owner, remove_state, state_path
from harness.environment._watchdog import watch
from harness.observation import EventLog, boot_id
from harness.vocabulary import Kind, ProcessIdentity, UsageError

# Together below the five seconds within which nothing of a killed run may be left.
_KILL_S_MAX = 3.0
# For how long nothing must appear: a child that has just become a service shows its mark late.
_QUIET_S = 0.2


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did.

    Attributes:
        run_dir: the run directory.
        run: run id.
        killed: processes it killed.
        left: processes that survived SIGKILL for the whole limit; normally empty.
        clean: whether ``RUN/state`` is gone.
        trouble: what went wrong with healing, ``""`` when nothing.
    """

    run_dir: Path
    run: str
    killed: tuple[ProcessIdentity, ...]
    left: tuple[ProcessIdentity, ...]
    clean: bool
    trouble: str

    def __str__(self) -> str:
        parts = [f"killed {len(self.killed)} processes of run {self.run}"]
        if self.left:
            parts.append(f"pid {[each.pid for each in self.left]} survived SIGKILL")
        if not self.clean:
            parts.append(f"{state_path(self.run_dir)} could not be removed")
        return "; ".join([*parts, self.trouble] if self.trouble else parts)


def watch_and_sweep(run_dir: Path, run: str, fd: int, heal: Callable[[], object]) -> Swept | None:
    """The watchdog's work: wait for the harness' end; heal and sweep when it was no clean one.

    Args:
        run_dir: the run directory.
        run: run id.
        fd: read end of the pipe.
        heal: takes back what the undo journal says; its failure does not keep from sweeping.

    Returns:
        What was swept, None after a clean end.
    """
    swept: list[Swept] = []
    watch(fd, lambda: swept.append(sweep(run_dir, run, heal, by="watchdog")))
    return swept[0] if swept else None


def sweep_leftovers(runs_dir: Path, heal: Callable[[Path], object]) -> list[Swept]:
    """Heal and sweep every run whose owner is dead; a live run is never touched.

    Args:
        runs_dir: holds the run directories.
        heal: takes back what the undo journal of a run directory says.
    """
    swept = []
    for run_dir in sorted(path.parent for path in runs_dir.glob("*/state")):
        owner = read_owner(run_dir)
        if owner is None:
            # Its removal was under way: whoever removes it has ended the services before.
            remove_state(run_dir)
        elif not owner.alive():
            swept.append(sweep(run_dir, owner.run, partial(heal, run_dir), by="heal"))
    return swept


def sweep(run_dir: Path, run: str, heal: Callable[[], object], *, by: str) -> Swept:
    """Heal, kill every process of the run, remove its state, and record that. Idempotent.

    Its ports need no release: their locks went with the owner.

    Args:
        run_dir: the run directory.
        run: run id; its owner must be dead, or be done with it.
        heal: takes back what the undo journal says.
        by: name of the event file to record it in.
    """
    trouble = ""
    try:
        heal()
    except Exception as error:  # whatever it is, the processes must still go
        trouble = f"healing failed: {error!r}"
    snapshot = _last_snapshot(run_dir)
    mains = snapshot.mains() if snapshot and snapshot.boot == boot_id() else []

    def find() -> list[ProcessIdentity]:
        return processes_of_run(run, mains=mains, logs=(run_dir / "logs").glob("*.log"))

    owner = read_owner(run_dir)
    why = "the owner died" if owner is None or not owner.alive() else "the owner left it behind"
    killed, left = kill_all(find, limit_s=_KILL_S_MAX, quiet_s=_QUIET_S)
    clean = remove_state(run_dir)
    for draft in run_dir.glob(".state.*"):
        shutil.rmtree(draft, ignore_errors=True)
    for draft in run_dir.glob(".environment.json.*"):
        draft.unlink(missing_ok=True)
    swept = Swept(run_dir, run, tuple(killed), tuple(left), clean, trouble)
    with contextlib.suppress(OSError):  # a full disk cannot record it; it is done all the same
        if snapshot is not None:
            write_snapshot(run_dir, replace(snapshot, phase="swept"))
        with EventLog(run_dir, run, by, role=by) as log:
            log.record(Kind.NOTE, text=f"{why}: {swept}")
    return swept


def _last_snapshot(run_dir: Path) -> Snapshot | None:
    try:
        return read_snapshot(run_dir)
    except UsageError:
        return None
