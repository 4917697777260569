"""The event log: one append-only NDJSON file per process, merged on read."""

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from harness.observation._clock import boot_id, mono_ns, wall
from harness.vocabulary import Event, Kind


class EventLog:
    """Writer of ``events/<writer>.ndjson``; thread-safe; one ``write()`` a line.

    Args:
        run_dir: the run directory.
        run: run id.
        writer: file name without suffix; one per process.
        role: what the writer is, recorded in its first line.

    A writer name that is taken gets ``.2``, ``.3`` and so on: a restarted process never
    continues a file that may end in a torn line.
    """

    def __init__(self, run_dir: Path, run: str, writer: str, role: str) -> None:
        folder = run_dir / "events"
        folder.mkdir(parents=True, exist_ok=True)
        self._fd, self.writer = _create(folder, writer)
        self._run = run
        self._boot = boot_id()
        self._seq = 0
        self._lock = threading.Lock()
        self._open = True
        self.record(Kind.WRITER_OPENED, role=role, pid=os.getpid())

    def record(self, kind: str, /, **data: Any) -> None:
        """Append one event; it survives a kill of this process once this returns."""
        with self._lock:
            if not self._open:
                return
            line = {
                "run": self._run,
                "writer": self.writer,
                "seq": self._seq,
                "boot": self._boot,
                "mono_ns": mono_ns(),
                "wall": wall(),
                "kind": Kind(kind).value,
                "data": data,
            }
            self._seq += 1
            os.write(self._fd, json.dumps(line, default=str).encode() + b"\n")

    def close(self) -> None:
        """Write the closing event; without it the writer counts as killed."""
        self.record(Kind.WRITER_CLOSED)
        with self._lock:
            if self._open:
                self._open = False
                os.close(self._fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _create(folder: Path, writer: str) -> tuple[int, str]:
    for attempt in range(1, 1000):
        name = writer if attempt == 1 else f"{writer}.{attempt}"
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        try:
            return os.open(folder / f"{name}.ndjson", flags, 0o644), name
        except FileExistsError:
            continue
    raise FileExistsError(f"no free event file name for writer {writer!r} in {folder}")


def read_events(run_dir: Path) -> list[Event]:
    """All events of a run in monotonic order; a torn last line is left out.

    Raises:
        ValueError: a line other than the last of a file is not an event.
    """
    events = [
        event
        for path in sorted((run_dir / "events").glob("*.ndjson"))
        for event in _read_file(path)
    ]
    return sorted(events, key=lambda event: (event.mono_ns, event.writer, event.seq))


def _read_file(path: Path) -> Iterator[Event]:
    lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines[:-1], start=1):
        try:
            yield parse_event(line)
        except (ValueError, KeyError) as error:
            raise ValueError(f"{path}, line {number}: not an event: {error}") from error


def parse_event(line: bytes) -> Event:
    """One NDJSON line as an event.

    Raises:
        ValueError: not JSON, or an unknown kind.
        KeyError: a field is missing.
    """
    raw = json.loads(line)
    return Event(
        run=raw["run"],
        writer=raw["writer"],
        seq=raw["seq"],
        boot=raw["boot"],
        mono_ns=raw["mono_ns"],
        wall=raw["wall"],
        kind=Kind(raw["kind"]),
        data=raw["data"],
    )


def unclosed_writers(events: list[Event]) -> list[str]:
    """Writers that opened and never closed, sorted: they were killed or still run."""
    opened = {event.writer for event in events if event.kind is Kind.WRITER_OPENED}
    closed = {event.writer for event in events if event.kind is Kind.WRITER_CLOSED}
    return sorted(opened - closed)
