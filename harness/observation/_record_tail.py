"""Follow the request records of a run while they are written."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from harness.observation._records import RECORD, LoadRecords, read_load


class RecordTail:
    """Reads what each load recorded since the last call; survives loads that begin later."""

    def __init__(self, run_dir: Path) -> None:
        self._folder = run_dir / "records"
        self._loads: dict[Path, LoadRecords] = {}
        self._offsets: dict[Path, int] = {}

    def new_records(self) -> list[LoadRecords]:
        """Every load with its whole schedule and only its new records, by name."""
        for path in sorted(self._folder.glob("*.json")):
            if path not in self._loads:
                load = read_load(path)
                if load is not None:
                    self._loads[path] = replace(load, records=load.records[:0])
        return [self._advance(path, load) for path, load in self._loads.items()]

    def _advance(self, path: Path, load: LoadRecords) -> LoadRecords:
        records = path.with_suffix(".records")
        if not records.exists():
            return load
        with records.open("rb") as file:
            file.seek(self._offsets.get(path, 0))
            chunk = file.read()
        whole = len(chunk) - len(chunk) % RECORD.itemsize
        self._offsets[path] = self._offsets.get(path, 0) + whole
        return replace(load, records=np.frombuffer(chunk[:whole], dtype=RECORD))
