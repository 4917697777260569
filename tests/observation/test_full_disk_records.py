"""Request records on a disk that is full for a while."""

from pathlib import Path

import numpy as np
import pytest

from gonogo.observation.records import RECORD, SCHEDULE, LoadHeader, RecordWriter, read_records
from gonogo.vocabulary import Outcome
from tests.observation.test_full_disk import files_no_larger_than


@pytest.mark.parametrize("room", [0, 1, RECORD.itemsize - 1])
def test_a_full_disk_drops_whole_records(tmp_path: Path, room: int) -> None:
    """Nothing is raised, and the records after the lost one are read as they were written."""
    schedule = np.zeros(3, dtype=SCHEDULE)
    header = LoadHeader("steady", "load", 7, 60.0, ("get",), (), timeout_s=10.0)
    writer = RecordWriter(tmp_path, header, schedule)

    def append(seq: int) -> None:
        writer.append(
            intended_ns=seq,
            sent_ns=seq,
            done_ns=seq,
            seq=seq,
            status=200,
            name_id=0,
            outcome=Outcome.OK,
        )

    append(0)
    with files_no_larger_than(RECORD.itemsize + room):
        append(1)
    append(2)
    writer.close()
    (load,) = read_records(tmp_path)
    assert load.records["seq"].tolist() == [0, 2]
    assert load.records["status"].tolist() == [200, 200]
