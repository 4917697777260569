"""Intents: the lines of the undo journal, and which of them are open."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from gonogo.vocabulary import Undo, UsageError
from gonogo_faults.undo import MECHANISMS, UnknownUndo

JOURNAL = "journal.ndjson"


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
class IntentLine:
    """An ``Intent`` as the journal keeps it."""

    id: str
    label: str
    fault: str
    services: tuple[str, ...]
    mechanism: str
    undo: dict[str, Any]
    run: str
    boot: str
    since: str
    op: Literal["intent"] = "intent"


@dataclass(frozen=True, slots=True)
class HealedLine:
    """The fault of an intent was taken back."""

    id: str
    by: str
    op: Literal["healed"] = "healed"


@dataclass(frozen=True, slots=True)
class _AnyLine:
    op: Literal["intent", "healed"]


def open_intents(run_dir: Path) -> list[Intent]:
    """Intents that no process has healed, in order.

    A line torn by a kill counts as unwritten: arming waits until its line is complete.

    Raises:
        UsageError: another version of this program has written the journal.
    """
    path = run_dir / JOURNAL
    return active_since(path, path.stat().st_size) if path.exists() else []


def active_since(path: Path, offset: int) -> list[Intent]:
    """Intents that were open when the journal had that length, or have been written since."""
    intents: dict[str, Intent] = {}
    at = 0
    for line in path.read_bytes().split(b"\n"):
        try:
            entry = msgspec.json.decode(line)
        except msgspec.DecodeError:
            entry = None
        if entry is not None:
            _apply(entry, intents, path, keep_healed=at >= offset)
        at += len(line) + 1
    return list(intents.values())


def _apply(entry: object, intents: dict[str, Intent], path: Path, *, keep_healed: bool) -> None:
    """Add the intent of a line, or remove the one it says is healed."""
    try:
        if msgspec.convert(entry, _AnyLine).op == "intent":
            intent = _intent(msgspec.convert(entry, IntentLine))
            intents[intent.id] = intent
        elif not keep_healed:
            intents.pop(msgspec.convert(entry, HealedLine).id, None)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"the journal cannot be read: {error}",
            where=str(path),
            hint="heal the run with the version that has written it",
        ) from error


def _intent(line: IntentLine) -> Intent:
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


def _undo(mechanism: str, fields: dict[str, Any]) -> Undo:
    if mechanism not in MECHANISMS:
        return UnknownUndo(mechanism, f"known are {', '.join(MECHANISMS)}")
    try:
        return msgspec.convert(fields, MECHANISMS[mechanism])
    except msgspec.ValidationError as error:
        return UnknownUndo(mechanism, str(error))
