"""Request records: exact, binary, streamed; the schedule beside them closes the books.

Three files a load, all below ``records/``:

- ``<load>.json``: names of the operations, seed, phase, planned count and rate.
- ``<load>.schedule``: one ``SCHEDULE`` row per request, written before the first is sent.
- ``<load>.records``: one ``RECORD`` row per request, appended as each ends.
"""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from harness.vocabulary import Outcome

SCHEDULE = np.dtype([("intended_ns", "<i8"), ("name_id", "<u4"), ("seq", "<u4")])
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


@dataclass(frozen=True, slots=True)
class LoadHeader:
    """What a load is.

    Attributes:
        load: its name; also the file stem.
        phase: phase it ran in.
        seed: seed of its schedule and payloads.
        rate_per_s: mean arrival rate.
        names: operation names; ``name_id`` indexes them.
        ledger_names: those whose acknowledgement is a promise to be checked at the end.
        timeout_s: client timeout of one request.
        captures: what the setup steps captured, by name; no secrets.
    """

    load: str
    phase: str
    seed: int
    rate_per_s: float
    names: tuple[str, ...]
    ledger_names: tuple[str, ...]
    timeout_s: float
    captures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoadRecords:
    """One load as read back.

    Attributes:
        header: see ``LoadHeader``.
        schedule: rows of dtype ``SCHEDULE``; ``intended_ns`` on the monotonic clock.
        records: rows of dtype ``RECORD``, in order of ending.
    """

    header: LoadHeader
    schedule: Rows
    records: Rows


class RecordWriter:
    """Writes one load's files; ``append`` is one ``write()`` of whole rows.

    A record that does not fit on the disk is dropped whole: the rows after it stay readable,
    and the books count its request as dropped.
    """

    def __init__(self, run_dir: Path, header: LoadHeader, schedule: Rows) -> None:
        folder = run_dir / "records"
        folder.mkdir(parents=True, exist_ok=True)
        _write_durably(folder / f"{header.load}.schedule", schedule.tobytes())
        _write_durably(folder / f"{header.load}.json", json.dumps(asdict(header)).encode())
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._fd = os.open(folder / f"{header.load}.records", flags, 0o644)

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
        row = np.array(
            [(intended_ns, sent_ns, done_ns, seq, status, name_id, int(outcome))], dtype=RECORD
        )
        with suppress(OSError):
            written = os.write(self._fd, row.tobytes())
            if written < RECORD.itemsize:
                os.ftruncate(self._fd, os.fstat(self._fd).st_size - written)

    def close(self) -> None:
        """Close the file; may be called once."""
        os.close(self._fd)


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def read_records(run_dir: Path) -> list[LoadRecords]:
    """Every load of a run, by name; a torn last record is left out.

    So is a load whose header is torn: the header is whole before the first request is sent.
    """
    loads = (read_load(path) for path in sorted((run_dir / "records").glob("*.json")))
    return [load for load in loads if load is not None]


def read_load(path: Path) -> LoadRecords | None:
    """One load by the path of its header; None while that is torn."""
    try:
        raw = json.loads(path.read_text())
    except ValueError:
        return None
    tuples = {key: tuple(raw[key]) for key in ("names", "ledger_names")}
    return LoadRecords(
        header=LoadHeader(**{**raw, **tuples}),
        schedule=_read_rows(path.with_suffix(".schedule"), SCHEDULE),
        records=_read_rows(path.with_suffix(".records"), RECORD),
    )


def _read_rows(path: Path, dtype: np.dtype[np.void]) -> Rows:
    data = path.read_bytes() if path.exists() else b""
    whole = len(data) - len(data) % dtype.itemsize
    return np.frombuffer(data[:whole], dtype=dtype)


def load_names(loads: Sequence[LoadRecords]) -> list[str]:
    """Operation names over all loads, sorted, each once."""
    return sorted({name for load in loads for name in load.header.names})
