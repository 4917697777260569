"""The event log: one append-only NDJSON file per process, merged on read."""

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gonogo.observation.clock import boot_id, mono_ns, wall
from gonogo.observation.event_codec import event_line, parse_event
from gonogo.vocabulary import AnyEvent, Event, Events, Occurrence
from gonogo.vocabulary.events import WriterClosed, WriterOpened


class EventLog:
    """Writer of ``events/<writer>.ndjson``; thread-safe; one ``write()`` for each line.

    Args:
        run_dir: the run directory.
        run: run id.
        writer: file name without suffix; one per process.
        role: what the writer is, recorded in its first line.

    A writer name that is taken gets ``.2``, ``.3`` and so on: a restarted process never
    continues a file that may end in a torn line.

    An event that cannot be written (full disk) is dropped and raises nothing: the caller may be in
    the middle of a heal or a stop. Its number stays missing, and the closing event counts it.
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
        self._torn = False
        self._lost = 0
        self._lost_why = ""
        self.record(WriterOpened(role=role, pid=os.getpid()))

    def record(self, what: Occurrence, /) -> None:
        """Append one event; it survives a kill of this process once this returns.

        On a full disk it is lost instead; see the class.
        """
        with self._lock:
            if not self._open:
                return
            event = Event(self._run, self.writer, self._seq, self._boot, mono_ns(), wall(), what)
            self._seq += 1
            self._write(event_line(event))

    def _write(self, line: bytes) -> None:
        data = b"\n" + line if self._torn else line
        try:
            written = os.write(self._fd, data)
        except OSError as error:
            self._lost += 1
            self._lost_why = os.strerror(error.errno or 0)
            return
        if written < len(data):
            self._lost += 1
            self._lost_why = self._lost_why or "short write"
        if written:
            self._torn = not data[:written].endswith(b"\n")

    def close(self) -> None:
        """Write the closing event; without it the writer counts as killed."""
        self.record(WriterClosed(self._lost, self._lost_why))
        with self._lock:
            if self._open:
                self._open = False
                os.close(self._fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
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


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of an event file that is not an event.

    Attributes:
        file: path below the run directory.
        number: of the line, from 1.
        why: what is wrong with it.
    """

    file: str
    number: int
    why: str


def read_events(run_dir: Path) -> Events:
    """All events of a run in monotonic order; what is not an event is left out."""
    return read_event_lines(run_dir)[0]


def read_event_lines(run_dir: Path) -> tuple[Events, list[BadLine]]:
    """All events of a run in monotonic order, and the lines that are not events.

    A torn last line is neither: its writer was killed, and has not closed its log.
    """
    events: list[AnyEvent] = []
    bad: list[BadLine] = []
    for path in sorted((run_dir / "events").glob("*.ndjson")):
        for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], start=1):
            try:
                events.append(parse_event(line))
            except ValueError as error:
                bad.append(BadLine(f"events/{path.name}", number, str(error)))
    return Events(sorted(events, key=lambda each: (each.mono_ns, each.writer, each.seq))), bad


def unclosed_writers(events: Events) -> list[str]:
    """Writers that opened and never closed, sorted: they were killed or still run."""
    opened = {event.writer for event in events.of(WriterOpened)}
    closed = {event.writer for event in events.of(WriterClosed)}
    return sorted(opened - closed)
