"""The undo journal: how to take back what may be armed, fsynced before it is."""

import fcntl
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gonogo.observation import boot_id
from gonogo.vocabulary import ProcessIdentity, Setting, Undo

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
        boot: boot the identities in ``undo`` belong to.
    """

    id: str
    label: str
    fault: str
    services: tuple[str, ...]
    undo: Undo
    run: str
    boot: str


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
        """Write down the undo; once this returns it survives a loss of power.

        Raises:
            OSError: it is not there whole, as on a full disk: then nothing may be armed.
        """
        intent = Intent(id, label, fault, tuple(services), undo, self._run, boot_id())
        self._append({"op": "intent", **asdict(intent)})

    def healed(self, id: str, by: str) -> None:  # noqa: A002 - the word of the event
        """Write down that it is taken back, and by whom."""
        self._append({"op": "healed", "id": id, "by": by})

    def is_healed(self, id: str) -> bool:  # noqa: A002 - the word of the event
        """Whether anybody, of whatever process, has written down that it is taken back."""
        return all(intent.id != id for intent in open_intents(self._path.parent))

    def _append(self, line: dict[str, Any]) -> None:
        is_new = not self._path.exists()
        fd = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            size = os.fstat(fd).st_size
            torn = size > 0 and os.pread(fd, 1, size - 1) != b"\n"
            _write_all(fd, b"\n" * torn + json.dumps(line).encode() + b"\n")
            os.fsync(fd)
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
            raw = json.loads(line)
        except ValueError:
            continue
        if raw.pop("op") == "intent":
            intents[raw["id"]] = _intent(raw)
        else:
            intents.pop(raw["id"], None)
    return list(intents.values())


def _intent(raw: dict[str, Any]) -> Intent:
    given = raw.pop("undo")
    undo = Undo(
        kind=given["kind"],
        processes=tuple(ProcessIdentity(**each) for each in given["processes"]),
        signal=given["signal"],
        services=tuple(given["services"]),
        edges=tuple(given["edges"]),
        control=given["control"],
        run=given["run"],
        toxic=given["toxic"],
        tag=given["tag"],
        before=tuple(Setting(**each) for each in given["before"]),
    )
    return Intent(services=tuple(raw.pop("services")), undo=undo, **raw)


def _write_all(fd: int, data: bytes) -> None:
    """All of it, or an OSError: a disk that fills up takes a part first, and refuses the rest."""
    while data:
        data = data[os.write(fd, data) :]


def _sync_directory(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
