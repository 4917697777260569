"""The undo journal: how to take back what may be armed, on the disk before it is armed."""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import msgspec

from gonogo.linux import identify
from gonogo.observation import boot_id, wall
from gonogo.vocabulary import EnvironmentFailed, Resource, Undo, UsageError
from gonogo_faults.intents import (
    JOURNAL,
    HealingLine,
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

    @property
    def run_dir(self) -> Path:
        """The run directory."""
        return self._path.parent

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
            EnvironmentFailed: so it is, and the process that armed that fault does not heal it any
                more: this says nothing about the scenario.
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
            identify(os.getpid()),
        )
        with self._locked() as fd:
            _refuse_overlap(label, undo, active_since(self._path, began_at))
            try:
                _append(fd, msgspec.json.encode(line))
            except OSError:
                # Complete or not, it must not count as active: its fault is never armed.
                with contextlib.suppress(OSError):
                    _append(fd, msgspec.json.encode(HealingLine(id, "not armed", "healed")))
                raise
        return undo

    def healing_begins(self, id: str, by: str) -> None:  # noqa: A002 - the word of the event
        """Write down that a process which did not arm the fault is about to execute its undo."""
        self._write(HealingLine(id, by, "begun"))

    def healing_failed(self, id: str, by: str) -> None:  # noqa: A002 - the word of the event
        """Write down that the process which armed the fault could not heal it and gives up."""
        self._write(HealingLine(id, by, "failed"))

    def healed(self, id: str, by: str) -> None:  # noqa: A002 - the word of the event
        """Write down that the fault is taken back, and what did it."""
        self._write(HealingLine(id, by, "healed"))

    def is_healed(self, id: str) -> bool:  # noqa: A002 - the word of the event
        """Whether any process has written down that the fault is taken back."""
        return self._open(id) is None

    def is_being_healed(self, id: str) -> bool:  # noqa: A002 - the word of the event
        """Whether any process has begun to execute its undo, or has done so."""
        intent = self._open(id)
        return intent is None or intent.healing != ""

    def _open(self, id: str) -> Intent | None:  # noqa: A002 - the word of the event
        return next((each for each in open_intents(self.run_dir) if each.id == id), None)

    def _write(self, line: HealingLine) -> None:
        with self._locked() as fd:
            _append(fd, msgspec.json.encode(line))

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
    for intent in intents:
        for active in intent.undo.resources if intent.is_of_this_boot else ():
            if any(_overlap(each, active) for each in undo.resources):
                _refuse(label, intent, active)


def _refuse(label: str, intent: Intent, active: Resource) -> NoReturn:
    kind = "edge" if active[0] == "edge" else "service"
    where = f"{kind} {active[1]}, {active[0]}"
    since = f"is active on {kind} {active[1]} since {intent.since}"
    what = f"fault {label} is refused: fault {intent.label} ({intent.fault}) {since}"
    if why := intent.left_over:
        raise EnvironmentFailed(f"{what}, and {why}", where=where, hint=f"gonogo heal {intent.run}")
    hint = f"heal {intent.label} first, or choose another {kind}"
    raise UsageError(what, where=where, hint=hint)


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
