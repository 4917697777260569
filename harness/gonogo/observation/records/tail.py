"""Follow the request records of a run while they are written."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from gonogo.observation.records.open_model import (
    OPEN,
    RECORD,
    STARTED,
    LoadRecords,
    Rows,
    read_load,
    record_files,
)


class RecordTail:
    """Reads what each load recorded since the last call; survives loads that begin later."""

    def __init__(self, run_dir: Path) -> None:
        self._folder = run_dir / "records"
        self._loads: dict[Path, LoadRecords] = {}
        self._offsets: dict[Path, int] = {}

    def new_records(self) -> list[LoadRecords]:
        """Every load with its whole schedule and only its new records, by name.

        The schedule of a closed-model load is what it has begun so far: it grows.
        """
        for path in sorted(self._folder.glob("*.json")):
            if path not in self._loads:
                load = read_load(path)
                if load is not None:
                    begun = load.schedule if load.header.model == OPEN else load.schedule[:0]
                    self._loads[path] = replace(load, schedule=begun, records=load.records[:0])
        for path, load in self._loads.items():
            self._loads[path] = self._advance(path, load)
        return list(self._loads.values())

    def _advance(self, path: Path, load: LoadRecords) -> LoadRecords:
        files = record_files(path, load.header)
        records = np.concatenate([self._new_rows(each, RECORD) for _, each in files])
        schedule = load.schedule
        if load.header.model != OPEN:
            begun = [self._new_rows(each, STARTED) for each, _ in files]
            schedule = np.concatenate([schedule, *begun])
        return replace(load, schedule=schedule, records=records)

    def _new_rows(self, path: Path, dtype: np.dtype[np.void]) -> Rows:
        if not path.exists():
            return np.empty(0, dtype=dtype)
        with path.open("rb") as file:
            file.seek(self._offsets.get(path, 0))
            chunk = file.read()
        whole = len(chunk) - len(chunk) % dtype.itemsize
        self._offsets[path] = self._offsets.get(path, 0) + whole
        return np.frombuffer(chunk[:whole], dtype=dtype)
