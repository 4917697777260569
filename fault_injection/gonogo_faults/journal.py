"""The undo journal: what may be armed and how to take it back, on the disk before it is armed."""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from gonogo.observation import boot_id, wall
from gonogo.vocabulary import Resource, Undo, UsageError
from gonogo_faults.undo import MECHANISMS, UnknownUndo

JOURNAL = "journal.ndjson"
_NAMES = {kind: name for name, kind in MECHANISMS.items()}


@dataclass(frozen=True, slots=True)
class Intent:
    """A fault that was about to be armed.

    Attributes:
        id: identifies this arming.
        label: its name in objectives.
        fault: name in the catalogue.
        services: those it touches.
        undo: how to take it back.
        run: run id.
        boot: boot the processes in ``undo`` belong to.
        since: when this was written, wall time in UTC.
    """

    id: str
    label: str
    fault: str
    services: tuple[str, ...]
    undo: Undo
    run: str
    boot: str
    since: str


@dataclass(frozen=True, slots=True)
class _IntentLine:
    """An ``Intent`` as the journal keeps it."""

    id: str
    label: str
    fault: str
    services: tuple[str, ...]
    mechanism: str
    undo: msgspec.Raw
    run: str
    boot: str
    since: str
    op: Literal["intent"] = "intent"


@dataclass(frozen=True, slots=True)
class _HealedLine:
    """An intent was taken back."""

    id: str
    by: str
    op: Literal["healed"] = "healed"


@dataclass(frozen=True, slots=True)
class _AnyLine:
    op: Literal["intent", "healed"]


class Journal:
    """``RUN/journal.ndjson``; several processes may write and read it.

    Args:
        run_dir: the run directory.
        run: run id.
    """

    def __init__(self, run_dir: Path, run: str) -> None:
        self._path = run_dir / JOURNAL
        self._run = run

    def intend(self, id: str, label: str, fault: str, services: Sequence[str], undo: Undo) -> None:  # noqa: A002 - the word of the event
        """Write the undo down; when this returns, it survives a loss of power.

        Raises:
            UsageError: another fault is active on a resource of this one. Nothing was written.
            OSError: the line is not there whole, as on a full disk: nothing may be armed.
        """
        line = _IntentLine(
            id,
            label,
            fault,
            tuple(services),
            _NAMES[type(undo)],
            msgspec.Raw(msgspec.json.encode(undo)),
            self._run,
            boot_id(),
            wall(),
        )
        with self._locked() as fd:
            _refuse_overlap(label, undo, open_intents(self._path.parent))
            try:
                _append(fd, msgspec.json.encode(line))
            except OSError:
                # Whole or not, it must not count as active: its fault is never armed.
                with contextlib.suppress(OSError):
                    _append(fd, msgspec.json.encode(_HealedLine(id, "not armed")))
                raise

    def healed(self, id: str, by: str) -> None:  # noqa: A002 - the word of the event
        """Write down that the fault is taken back, and by whom."""
        with self._locked() as fd:
            _append(fd, msgspec.json.encode(_HealedLine(id, by)))

    def is_healed(self, id: str) -> bool:  # noqa: A002 - the word of the event
        """Whether any process has written down that the fault is taken back."""
        return all(intent.id != id for intent in open_intents(self._path.parent))

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The file, open and locked: no other process writes meanwhile."""
        is_new = not self._path.exists()
        fd = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield fd
        finally:
            os.close(fd)
        if is_new:
            _sync_directory(self._path.parent)


def open_intents(run_dir: Path) -> list[Intent]:
    """Intents that nobody has healed, in order.

    A line torn by a kill counts as unwritten: arming waits until its line is whole.
    """
    path = run_dir / JOURNAL
    intents: dict[str, Intent] = {}
    for line in path.read_bytes().split(b"\n") if path.exists() else []:
        try:
            kind = msgspec.json.decode(line, type=_AnyLine).op
        except msgspec.DecodeError:
            continue
        if kind == "intent":
            intent = _intent(msgspec.json.decode(line, type=_IntentLine))
            intents[intent.id] = intent
        else:
            intents.pop(msgspec.json.decode(line, type=_HealedLine).id, None)
    return list(intents.values())


def write_line(fd: int, line: bytes) -> None:
    """Write all of a line, or raise: a disk that fills up takes a part and refuses the rest."""
    while line:
        line = line[os.write(fd, line) :]


def _intent(line: _IntentLine) -> Intent:
    return Intent(
        line.id,
        line.label,
        line.fault,
        line.services,
        _undo(line.mechanism, line.undo),
        line.run,
        line.boot,
        line.since,
    )


def _undo(mechanism: str, fields: msgspec.Raw) -> Undo:
    if mechanism not in MECHANISMS:
        return UnknownUndo(mechanism, f"known are {', '.join(MECHANISMS)}")
    try:
        return msgspec.json.decode(fields, type=MECHANISMS[mechanism])
    except msgspec.ValidationError as error:
        return UnknownUndo(mechanism, str(error))


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
