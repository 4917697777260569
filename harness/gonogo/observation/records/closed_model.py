"""What one worker of a closed-model load leaves behind: what it began and how it ended."""

from pathlib import Path

import numpy as np

from gonogo.observation.records.open_model import NO_OPERATION, RECORD, STARTED, RowFile, first_of
from gonogo.vocabulary import Outcome


class ClosedRecordWriter:
    """Writes the two files of one worker.

    Every request is written down before it is sent, so that after a SIGKILL of the worker what
    was in flight is what was begun and has no record.

    Args:
        run_dir: the run directory.
        load: name of the load.
        worker: its number, from 0.
    """

    def __init__(self, run_dir: Path, load: str, worker: int) -> None:
        folder = run_dir / "records" / load
        folder.mkdir(parents=True, exist_ok=True)
        self._next = first_of(worker)
        self._started = RowFile(folder / f"{worker}.started")
        self._records = RowFile(folder / f"{worker}.records")

    def start(
        self, *, intended_ns: int, name_id: int, user: int, operation: int = NO_OPERATION
    ) -> int:
        """Write down that a request is about to be sent; returns its sequence number."""
        seq = self._next
        self._next += 1
        row = (intended_ns, name_id, seq, user, operation)
        self._started.append(np.array([row], dtype=STARTED))
        return seq

    def end(
        self,
        seq: int,
        *,
        intended_ns: int,
        sent_ns: int,
        done_ns: int,
        status: int,
        name_id: int,
        outcome: Outcome,
    ) -> None:
        """Write down how a request ended."""
        row = (intended_ns, sent_ns, done_ns, seq, status, name_id, int(outcome))
        self._records.append(np.array([row], dtype=RECORD))

    def close(self) -> None:
        """Close both files; may be called once."""
        self._started.close()
        self._records.close()
