"""The undo journal: how to take back what may be armed, on the disk before it is armed."""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from gonogo.observation import boot_id, wall
from gonogo.vocabulary import Resource, Undo, UsageError
from gonogo_faults.intents import (
    JOURNAL,
    HealedLine,
    Intent,
    IntentLine,
    active_since,
    open_intents,
)
from gonogo_faults.undo import MECHANISMS

_NAMES = {kind: name for name, kind in MECHANISMS.items()}


class Journal:
    """``RUN/journal.ndjson``; several processes may write and read it.

    Args:
        run_dir: the run directory.
        run: run id.
    """

    def __init__(self, run_dir: Path, run: str) -> None:
        self._path = run_dir / JOURNAL
        self._run = run

    def intend(
        self,
        id: str,  # noqa: A002 - the word of the event
        label: str,
        fault: str,
        services: Sequence[str],
        plan: Callable[[], Undo],
    ) -> Undo:
        """Plan a fault and write its undo down; when this returns, it survives a loss of power.

        Args:
            id: identifies this arming.
            label: its name in objectives.
            fault: name in the catalogue.
            services: those it touches.
            plan: makes the undo from the system as it is.

        Raises:
            UsageError: another fault is active on a resource of this one, or was while this one was
                planned: the plan may have taken that fault's effect for the usual state.
            OSError: the line was not written completely, as on a full disk: nothing may be armed.
        """
        began_at = self._path.stat().st_size if self._path.exists() else 0
        undo = plan()
        line = IntentLine(
            id,
            label,
            fault,
            tuple(services),
            _NAMES[type(undo)],
            msgspec.to_builtins(undo),
            self._run,
            boot_id(),
            wall(),
        )
        with self._locked() as fd:
            _refuse_overlap(label, undo, active_since(self._path, began_at))
            try:
                _append(fd, msgspec.json.encode(line))
            except OSError:
                # Complete or not, it must not count as active: its fault is never armed.
                with contextlib.suppress(OSError):
                    _append(fd, msgspec.json.encode(HealedLine(id, "not armed")))
                raise
        return undo

    def healed(self, id: str, by: str) -> None:  # noqa: A002 - the word of the event
        """Write down that the fault is taken back, and what did it."""
        with self._locked() as fd:
            _append(fd, msgspec.json.encode(HealedLine(id, by)))

    def is_healed(self, id: str) -> bool:  # noqa: A002 - the word of the event
        """Whether any process has written down that the fault is taken back."""
        return all(intent.id != id for intent in open_intents(self._path.parent))

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The file, open and locked: no other process writes meanwhile."""
        is_new = not self._path.exists()
        fd = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            if is_new:
                _sync_directory(self._path.parent)
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield fd
        finally:
            os.close(fd)


def write_line(fd: int, line: bytes) -> None:
    """Write the whole line, or raise: a disk that fills up may take only the first part."""
    while line:
        line = line[os.write(fd, line) :]


def _refuse_overlap(label: str, undo: Undo, intents: Sequence[Intent]) -> None:
    boot = boot_id()
    for intent in intents:
        for active in intent.undo.resources if intent.boot == boot else ():
            wanted = next((each for each in undo.resources if _overlap(each, active)), None)
            if wanted is not None:
                kind = "edge" if wanted[0] == "edge" else "service"
                raise UsageError(
                    f"fault {label} is refused: fault {intent.label} ({intent.fault}) is active "
                    f"on {kind} {active[1]} since {intent.since}",
                    where=f"{kind} {active[1]}, {active[0]}",
                    hint=f"heal {intent.label} first, or choose another {kind}",
                )


def _overlap(one: Resource, other: Resource) -> bool:
    """Whether one contains the other, or both are the same."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _append(fd: int, line: bytes) -> None:
    size = os.fstat(fd).st_size
    is_torn = size > 0 and os.pread(fd, 1, size - 1) != b"\n"
    write_line(fd, b"\n" * is_torn + line + b"\n")
    os.fsync(fd)


def _sync_directory(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
