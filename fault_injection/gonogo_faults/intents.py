"""Intents: the lines of the undo journal, and which of them are open."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import msgspec

from gonogo.linux import is_alive
from gonogo.observation import boot_id
from gonogo.vocabulary import ProcessIdentity, Undo, UsageError
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
        armer: the process that wrote this; None when it is not known.
        healing: how far healing is: not begun, begun by another process, or failed in the process
            that armed it, which does not try again.
    """

    id: str
    label: str
    fault: str
    services: tuple[str, ...]
    undo: Undo
    run: str
    boot: str
    since: str
    armer: ProcessIdentity | None
    healing: Literal["", "begun", "failed"] = ""

    @property
    def is_of_this_boot(self) -> bool:
        """Whether its effect may still be there; one whose boot is not known counts as such."""
        return self.boot in ("", boot_id())

    @property
    def left_over(self) -> str:
        """Why the process that armed it does not heal it any more, ``""`` while it does."""
        if self.healing == "failed":
            return "its healing failed"
        if self.armer is not None and not is_alive(self.armer):
            return "the process that armed it has died"
        return ""


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
    armer: ProcessIdentity | None
    op: Literal["intent"] = "intent"


@dataclass(frozen=True, slots=True)
class HealingLine:
    """Healing of an intent has begun in another process, has failed, or is done."""

    id: str
    by: str
    op: Literal["begun", "failed", "healed"]


@dataclass(frozen=True, slots=True)
class _AnyLine:
    op: Literal["intent", "begun", "failed", "healed"]


@dataclass(frozen=True, slots=True)
class _ForeignIntentLine:
    """What is readable of an intent of another version: its ``id`` at least."""

    id: str
    label: str = ""
    fault: str = ""
    services: tuple[str, ...] = ()
    mechanism: str = ""
    run: str = ""
    boot: str = ""
    since: str = ""


def open_intents(run_dir: Path) -> list[Intent]:
    """Intents that no process has healed, in order.

    A line torn by a kill counts as unwritten: arming waits until its line is complete.

    An intent of another version is among them with an undo that cannot be executed.

    Raises:
        UsageError: a line cannot be read at all.
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
            intent = _intent(entry)
            intents[intent.id] = intent
        else:
            _advance(msgspec.convert(entry, HealingLine), intents, keep_healed=keep_healed)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"the journal cannot be read: {error}",
            where=str(path),
            hint="heal the run with the version that has written it",
        ) from error


def _advance(line: HealingLine, intents: dict[str, Intent], *, keep_healed: bool) -> None:
    intent = intents.get(line.id)
    if intent is None:
        return
    if line.op == "healed":
        if not keep_healed:
            del intents[line.id]
    elif intent.healing != "failed":
        intents[line.id] = replace(intent, healing=line.op)


def _intent(entry: object) -> Intent:
    try:
        line = msgspec.convert(entry, IntentLine)
    except msgspec.ValidationError as error:
        return _foreign_intent(msgspec.convert(entry, _ForeignIntentLine), str(error))
    return Intent(
        line.id,
        line.label,
        line.fault,
        line.services,
        _undo(line.mechanism, line.undo),
        line.run,
        line.boot,
        line.since,
        line.armer,
    )


def _foreign_intent(line: _ForeignIntentLine, reason: str) -> Intent:
    return Intent(
        line.id,
        line.label or line.id,
        line.fault,
        line.services,
        UnknownUndo(line.mechanism or line.fault, reason),
        line.run,
        line.boot,
        line.since,
        armer=None,
    )


def _undo(mechanism: str, fields: dict[str, Any]) -> Undo:
    if mechanism not in MECHANISMS:
        return UnknownUndo(mechanism, f"known are {', '.join(MECHANISMS)}")
    try:
        return msgspec.convert(fields, MECHANISMS[mechanism])
    except msgspec.ValidationError as error:
        return UnknownUndo(mechanism, str(error))
