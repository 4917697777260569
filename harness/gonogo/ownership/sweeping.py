"""Sweep: end and remove what a run left behind when its owner died."""

import contextlib
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from gonogo.linux.identity import is_alive
from gonogo.linux.kill import kill_all
from gonogo.linux.processes import processes_of_run
from gonogo.observation import EventLog, boot_id
from gonogo.ownership.snapshot import Snapshot, read_snapshot, write_snapshot
from gonogo.ownership.state_dir import Owner, read_owner, remove_state, state_path
from gonogo.ownership.watchdog import watch
from gonogo.vocabulary import Backend, ProcessIdentity, UsageError
from gonogo.vocabulary.events import Note

# Together below five seconds: after that nothing of a killed run may be left.
_KILL_S_MAX = 3.0
# For how long nothing must be found: a child that has just become a service is found late.
_QUIET_S = 0.2
_REMOVE_S_MAX = 4.0
_IN_FLIGHT_S = 1.5

BackendNamed = Callable[[str], Backend]


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did.

    Attributes:
        run_dir: the run directory.
        run: run id.
        killed: processes it killed.
        left: processes that survived SIGKILL for the whole limit; normally empty.
        clean: whether ``RUN/state`` is gone.
        trouble: what failed in the undo or the engine, ``""`` when nothing.
        removed: containers, networks and volumes it removed.
    """

    run_dir: Path
    run: str
    killed: tuple[ProcessIdentity, ...]
    left: tuple[ProcessIdentity, ...]
    clean: bool
    trouble: str
    removed: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = [f"killed {len(self.killed)} processes of run {self.run}"]
        if self.removed:
            parts.append(f"removed {len(self.removed)} containers, networks and volumes")
        if self.left:
            parts.append(f"pid {[each.pid for each in self.left]} survived SIGKILL")
        if not self.clean:
            parts.append(f"{state_path(self.run_dir)} could not be removed")
        return "; ".join([*parts, self.trouble] if self.trouble else parts)


def watch_and_sweep(
    run_dir: Path, run: str, fd: int, heal: Callable[[], object], backend: Backend
) -> Swept | None:
    """The work of the watchdog: wait for the end of the harness; undo and sweep if it died.

    Args:
        run_dir: the run directory.
        run: run id.
        fd: read end of the pipe.
        heal: executes the undo journal; the sweep goes on when that fails.
        backend: where its system runs; what a sweep there needs is imported before waiting.

    Returns:
        What was swept, None after a clean end.
    """
    backend.prepare_removal()
    swept: list[Swept] = []
    watch(fd, lambda: swept.append(sweep(run_dir, run, heal, lambda _: backend, by="watchdog")))
    return swept[0] if swept else None


def sweep_leftovers(
    runs_dir: Path, heal: Callable[[Path], object], backend_named: BackendNamed
) -> list[Swept]:
    """Undo and sweep every run whose owner is dead; a live run is never touched.

    Args:
        runs_dir: holds the run directories.
        heal: executes the undo journal of a run directory.
        backend_named: gives the backend of that name.
    """
    swept = []
    for run_dir in sorted(path.parent for path in runs_dir.glob("*/state")):
        owner = read_owner(run_dir)
        if owner is None:
            # It is being removed: the services were ended before that.
            remove_state(run_dir)
        elif not owner.alive():
            undo = partial(heal, run_dir)
            swept.append(sweep(run_dir, owner.run, undo, backend_named, by="heal"))
    return swept


def sweep(
    run_dir: Path, run: str, heal: Callable[[], object], backend_named: BackendNamed, *, by: str
) -> Swept:
    """Undo, kill every process of the run, remove its state, and record that. Idempotent.

    Its ports need no release: the kernel dropped their locks with the owner.

    Args:
        run_dir: the run directory.
        run: run id; its owner must be dead, or have left it to the watchdog.
        heal: executes the undo journal.
        backend_named: gives the backend of that name.
        by: name of the event file to record it in.
    """
    snapshot = _last_snapshot(run_dir)
    mains = snapshot.mains() if snapshot and snapshot.boot == boot_id() else []
    living = [each for each in mains if is_alive(each)]
    trouble = ""
    try:
        heal()
    except Exception as error:  # after every error the processes must still be killed
        trouble = f"healing failed: {error!r}"

    def find() -> list[ProcessIdentity]:
        logs = (run_dir / "logs").glob("*.log")
        return processes_of_run(run, mains=mains, logs=logs, just_ended=living)

    owner = read_owner(run_dir)
    why = "the owner died" if owner is None or not owner.alive() else "the owner left it behind"
    removal = _Removal(run, owner, snapshot, backend_named)
    killed, left = kill_all(find, limit_s=_KILL_S_MAX, quiet_s=_QUIET_S)
    removed, remaining = removal.result()
    if remaining:
        trouble = "; ".join(filter(None, [trouble, f"left: {', '.join(remaining)}"]))
    # With containers left the state stays, so that the next sweep finds them.
    clean = not remaining and remove_state(run_dir)
    for draft in run_dir.glob(".state.*"):
        shutil.rmtree(draft, ignore_errors=True)
    for draft in run_dir.glob(".environment.json.*"):
        draft.unlink(missing_ok=True)
    swept = Swept(run_dir, run, tuple(killed), tuple(left), clean, trouble, tuple(removed))
    with contextlib.suppress(OSError):  # a full disk must not stop the sweep
        if snapshot is not None:
            write_snapshot(run_dir, replace(snapshot, phase="swept"))
        with EventLog(run_dir, run, by, role=by) as log:
            log.record(Note(text=f"{why}: {swept}"))
    return swept


class _Removal:
    """Removes what a run has besides processes, while its processes are killed."""

    def __init__(
        self,
        run: str,
        owner: Owner | None,
        snapshot: Snapshot | None,
        backend_named: BackendNamed,
    ) -> None:
        self._found: tuple[list[str], list[str]] = ([], [])
        # Until all containers are made, the engine may still create one after the harness died.
        making = snapshot is None or snapshot.phase == "starting"
        known = owner or snapshot
        self._thread: threading.Thread | None = None
        if known is not None:
            self._thread = threading.Thread(
                target=self._remove,
                args=(run, known.backend, backend_named, _IN_FLIGHT_S if making else _QUIET_S),
            )
            self._thread.start()

    def _remove(self, run: str, backend: str, named: BackendNamed, quiet_s: float) -> None:
        try:
            self._found = named(backend).remove_run(run, limit_s=_REMOVE_S_MAX, quiet_s=quiet_s)
        except Exception as error:  # every error must be reported, and the state kept
            self._found = ([], [f"what the {backend} backend has of the run ({error!r})"])

    def result(self) -> tuple[list[str], list[str]]:
        """What was removed, and what is left."""
        if self._thread is not None:
            self._thread.join()
        return self._found


def _last_snapshot(run_dir: Path) -> Snapshot | None:
    try:
        return read_snapshot(run_dir)
    except UsageError:
        return None
