"""Request records: exact, binary, streamed; with the schedule, every request is accounted for.

A load of the open model has three files, all below ``records/``:

- ``<load>.json``: names of the operations, seed, phase, planned count and rate.
- ``<load>.schedule``: one ``SCHEDULE`` row per request, written before the first is sent.
- ``<load>.records``: one ``RECORD`` row per request, appended as each ends.

A load of the closed model has no schedule: its users decide when to send. Each of its workers
writes two files of its own below ``records/<load>/``:

- ``<worker>.started``: one ``STARTED`` row per request, appended before it is sent.
- ``<worker>.records``: as above.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from gonogo.observation.json_file import from_json, to_json
from gonogo.vocabulary import Outcome

SCHEDULE = np.dtype([("intended_ns", "<i8"), ("name_id", "<u4"), ("seq", "<u4")])
STARTED = np.dtype([*SCHEDULE.descr, ("user", "<u2"), ("operation", "<u2")])
RECORD = np.dtype(
    [
        ("intended_ns", "<i8"),
        ("sent_ns", "<i8"),
        ("done_ns", "<i8"),
        ("seq", "<u4"),
        ("status", "<u2"),
        ("name_id", "u1"),
        ("outcome", "u1"),
    ]
)

Rows = npt.NDArray[np.void]

OPEN, CLOSED = "open", "closed"
NO_OPERATION = 0xFFFF  # a request outside of the mix: the login of a user
_WORKER_BITS = 24  # sixteen million requests for each of 255 workers


@dataclass(frozen=True, slots=True)
class LoadHeader:
    """What a load is.

    Attributes:
        load: its name; also the file stem.
        phase: phase it ran in.
        seed: seed of its schedule and payloads.
        rate_per_s: mean arrival rate.
        names: operation names; ``name_id`` indexes them.
        ledger_names: those whose acknowledged writes are read back at the end.
        timeout_s: client timeout of one request.
        captures: what the setup steps captured, by name; no secrets.
        model: ``open`` or ``closed``.
        users: how many were to be there at once, in the closed model.
        workers: processes they were spread over.
    """

    load: str
    phase: str
    seed: int
    rate_per_s: float
    names: tuple[str, ...]
    ledger_names: tuple[str, ...]
    timeout_s: float
    captures: Mapping[str, str] = field(default_factory=dict)
    model: str = OPEN
    users: int = 0
    workers: int = 0


@dataclass(frozen=True, slots=True)
class LoadRecords:
    """One load as read back.

    Attributes:
        header: see ``LoadHeader``.
        schedule: rows of dtype ``SCHEDULE``; ``intended_ns`` on the monotonic clock. In the
            closed model rows of dtype ``STARTED``: what was begun stands for what was due.
        records: rows of dtype ``RECORD``, in order of ending.
    """

    header: LoadHeader
    schedule: Rows
    records: Rows


class RowFile:
    """Whole rows appended to a file that must be new; one ``write()`` each.

    A row that does not fit on the disk is dropped whole: those after it stay readable.
    """

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._fd = os.open(path, flags, 0o644)

    def append(self, row: Rows) -> None:
        """Append one row; it survives a kill of this process once this returns."""
        with suppress(OSError):
            written = os.write(self._fd, row.tobytes())
            if written < row.nbytes:
                os.ftruncate(self._fd, os.fstat(self._fd).st_size - written)

    def close(self) -> None:
        """Close the file; may be called once."""
        os.close(self._fd)


class RecordWriter:
    """Writes one load's files; ``append`` is one ``write()`` of whole rows.

    A record that does not fit on the disk is dropped whole, and the books count its request
    as dropped.
    """

    def __init__(self, run_dir: Path, header: LoadHeader, schedule: Rows) -> None:
        folder = run_dir / "records"
        folder.mkdir(parents=True, exist_ok=True)
        _write_durably(folder / f"{header.load}.schedule", schedule.tobytes())
        write_header(run_dir, header)
        self._rows = RowFile(folder / f"{header.load}.records")

    def append(
        self,
        *,
        intended_ns: int,
        sent_ns: int,
        done_ns: int,
        seq: int,
        status: int,
        name_id: int,
        outcome: Outcome,
    ) -> None:
        """Append one record; it survives a kill of this process once this returns.

        On a full disk it is lost instead; see the class.
        """
        row = (intended_ns, sent_ns, done_ns, seq, status, name_id, int(outcome))
        self._rows.append(np.array([row], dtype=RECORD))

    def close(self) -> None:
        """Close the file; may be called once."""
        self._rows.close()


def write_header(run_dir: Path, header: LoadHeader) -> None:
    """Write a load's header, durably; of a load of that name there must be none."""
    folder = run_dir / "records"
    folder.mkdir(parents=True, exist_ok=True)
    _write_durably(folder / f"{header.load}.json", to_json(header))


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def record_files(header_path: Path, header: LoadHeader) -> list[tuple[Path, Path]]:
    """The files of a load, schedule and records; in the closed model a pair for each worker."""
    if header.model == OPEN:
        return [(header_path.with_suffix(".schedule"), header_path.with_suffix(".records"))]
    folder = header_path.with_suffix("")
    return [(folder / f"{n}.started", folder / f"{n}.records") for n in range(header.workers)]


def first_of(worker: int) -> int:
    """Sequence number of a worker's first request; the others follow it."""
    return worker << _WORKER_BITS


def worker_of(seq: Rows | npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """The workers that sequence numbers belong to; 0 throughout in the open model."""
    return np.asarray(seq, dtype=np.int64) >> _WORKER_BITS


def read_records(run_dir: Path) -> list[LoadRecords]:
    """Every load of a run, by name; a torn last record is left out.

    So is a load whose header is torn: the header is whole before the first request is sent.
    """
    loads = (read_load(path) for path in sorted((run_dir / "records").glob("*.json")))
    return [load for load in loads if load is not None]


def read_load(path: Path) -> LoadRecords | None:
    """One load by the path of its header; None while that is torn.

    Raises:
        ValueError: the header is complete but wrong: its records must not be left out silently.
    """
    try:
        header = from_json(path.read_bytes(), LoadHeader)
    except msgspec.ValidationError:
        raise
    except ValueError:
        return None
    files = record_files(path, header)
    planned = SCHEDULE if header.model == OPEN else STARTED
    # Records first: so every record that is read has its start in the files that are read next.
    records = [_read_rows(each, RECORD) for _, each in files]
    schedules = [_read_rows(each, planned) for each, _ in files]
    return LoadRecords(header, _in_order(schedules, "intended_ns"), _in_order(records, "done_ns"))


def _in_order(parts: Sequence[Rows], column: str) -> Rows:
    if len(parts) == 1:
        return parts[0]
    rows = np.concatenate(parts)
    return np.asarray(rows[np.argsort(rows[column], kind="stable")])


def _read_rows(path: Path, dtype: np.dtype[np.void]) -> Rows:
    data = path.read_bytes() if path.exists() else b""
    whole = len(data) - len(data) % dtype.itemsize
    return np.frombuffer(data[:whole], dtype=dtype)


def load_names(loads: Sequence[LoadRecords]) -> list[str]:
    """Operation names over all loads, sorted, each once."""
    return sorted({name for load in loads for name in load.header.names})
