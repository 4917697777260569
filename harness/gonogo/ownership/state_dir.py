"""``RUN/state``: what exists only while a run lives: who owns it, volumes, the control socket."""

import contextlib
import fcntl
import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from gonogo.linux.identity import is_alive
from gonogo.linux.namespaces import Namespace
from gonogo.linux.stat import read_stat
from gonogo.linux.waiting import wait_until
from gonogo.observation import boot_id, from_json, write_json_atomically
from gonogo.vocabulary import EnvironmentFailed, ProcessIdentity

_OWNER = "owner.json"
_REMOVE_S_MAX = 2.0


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that started a run and ends it.

    Attributes:
        run: run id.
        boot: boot it was started in; pids of another boot mean nothing.
        process: its identity; the run id is not in its environment.
        backend: name of the backend, so that a sweep knows what else to remove.
        pid_namespace: the pid namespace of its pid, ``""`` when not known.
        held: whether a process held the run directory when this was read; only used when the pid
            belongs to another pid namespace.
    """

    run: str
    boot: str
    process: ProcessIdentity
    backend: str
    pid_namespace: str = ""
    held: bool = False

    def alive(self) -> bool:
        """Whether it still runs; in another pid namespace, whether its run directory is held."""
        if self.boot != boot_id():
            return False
        return self.held if self.elsewhere() else is_alive(self.process)

    def elsewhere(self) -> bool:
        """Whether it is in another pid namespace, as in another container with this checkout."""
        return self.pid_namespace not in ("", _pid_namespace())


def state_path(run_dir: Path) -> Path:
    """Where the state of a run stands."""
    return run_dir / "state"


def hold_run_dir(run_dir: Path) -> int:
    """Take a shared lock on the run directory, made where missing, until the descriptor is closed.

    It shows processes in other pid namespaces that the run lives.

    Raises:
        OSError: it cannot be made or opened.
    """
    run_dir.mkdir(parents=True, exist_ok=True)
    fd = os.open(run_dir, os.O_RDONLY | os.O_CLOEXEC)
    with contextlib.suppress(OSError):  # without locks there, it counts as held
        fcntl.flock(fd, fcntl.LOCK_SH)
    return fd


def _is_held(run_dir: Path) -> bool:
    fd = os.open(run_dir, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # it is held, or locks do not work there
        return True
    finally:
        os.close(fd)
    return False


def _pid_namespace() -> str:
    return Namespace.PID.id(os.getpid())


def create_state(run_dir: Path, run: str, backend: str) -> Path:
    """Make the directory with this process as its owner, in one step.

    It appears complete or not at all, so that a sweep never sees one without an owner.

    Raises:
        EnvironmentFailed: it exists already, or cannot be written.
    """
    me = read_stat(os.getpid())
    assert me is not None  # noqa: S101 - this process runs
    process = ProcessIdentity(me.pid, me.start_ticks, run)
    owner = Owner(run, boot_id(), process, backend, _pid_namespace())
    draft = run_dir / f".state.{me.pid}"
    try:
        draft.mkdir(parents=True, mode=0o700)
        mark = asdict(owner)
        del mark["held"]
        write_json_atomically(draft / _OWNER, mark)
        draft.rename(state_path(run_dir))
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise EnvironmentFailed(
            f"the state of the run cannot be created: {error.strerror}",
            where=str(state_path(run_dir)),
            hint="gonogo heal sweeps what an earlier run left; a full disk needs room",
        ) from error
    return state_path(run_dir)


def read_owner(run_dir: Path) -> Owner | None:
    """The owner of the run; None when it has no state: it ended cleanly or never began."""
    try:
        owner = from_json((state_path(run_dir) / _OWNER).read_bytes(), Owner)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return replace(owner, held=_is_held(run_dir)) if owner.elsewhere() else owner


def remove_state(run_dir: Path) -> bool:
    """Remove it, the owner's file last; says whether it is gone. Safe to repeat."""
    state = state_path(run_dir)

    def gone() -> bool:
        for path in state.iterdir() if state.is_dir() else ():
            if path.name != _OWNER:
                _remove(path)
        if not state.is_dir() or [path.name for path in state.iterdir()] in ([_OWNER], []):
            _remove(state)
        return not state.exists()

    return wait_until(gone, _REMOVE_S_MAX)


def _remove(path: Path) -> None:
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
    else:
        shutil.rmtree(path, onerror=_make_writable)


def _make_writable(remove: Callable[..., Any], path: str, _: object) -> None:
    """Some programs write-protect their directories; two sweepers may race for one file."""
    try:
        Path(path).parent.chmod(stat.S_IRWXU)
        Path(path).chmod(stat.S_IRWXU)
        if remove is os.unlink:
            os.unlink(path)
    except OSError:
        return  # what is left makes the caller look again, within its limit
