"""Records of the closed model: a request is on disk as begun before its result."""

from pathlib import Path

from gonogo.observation.records import (
    CLOSED,
    STARTED,
    ClosedRecordWriter,
    LoadHeader,
    RecordTail,
    first_of,
    read_records,
    worker_of,
    write_header,
)
from gonogo.vocabulary import Outcome

HEADER = LoadHeader(
    "closed", "closed", 7, 0.0, ("read",), (), timeout_s=1.0, model=CLOSED, users=2, workers=2
)


def begin(writer: ClosedRecordWriter, at_ns: int, user: int = 0) -> int:
    return writer.start(intended_ns=at_ns, name_id=0, user=user, operation=3)


def end(writer: ClosedRecordWriter, seq: int, at_ns: int) -> None:
    writer.end(
        seq, intended_ns=at_ns, sent_ns=at_ns + 1, done_ns=at_ns + 5, status=200, name_id=0,
        outcome=Outcome.OK,
    )  # fmt: skip


def test_workers_are_read_as_one_load(tmp_path: Path) -> None:
    """Rows of all workers in order of time, each with its user, operation and worker."""
    write_header(tmp_path, HEADER)
    writers = [ClosedRecordWriter(tmp_path, "closed", number) for number in range(2)]
    for at_ns in (10, 20, 30):
        for number, writer in enumerate(writers):
            end(writer, begin(writer, at_ns + number, user=number), at_ns + number)
    (load,) = read_records(tmp_path)
    assert load.schedule["intended_ns"].tolist() == [10, 11, 20, 21, 30, 31]
    assert load.records["done_ns"].tolist() == [15, 16, 25, 26, 35, 36]
    assert worker_of(load.schedule["seq"]).tolist() == [0, 1, 0, 1, 0, 1]
    assert load.schedule["user"].tolist() == [0, 1, 0, 1, 0, 1]
    assert set(load.schedule["operation"].tolist()) == {3}
    assert int(load.schedule["seq"].max()) == first_of(1) + 2


def test_what_was_begun_and_torn(tmp_path: Path) -> None:
    """A request without a record is known, a torn last row is left out, a worker may be silent."""
    write_header(tmp_path, HEADER)
    writer = ClosedRecordWriter(tmp_path, "closed", 0)
    end(writer, begin(writer, 10), 10)
    begin(writer, 20)
    begin(writer, 30)
    started = tmp_path / "records" / "closed" / "0.started"
    started.write_bytes(started.read_bytes()[: 3 * STARTED.itemsize - 1])
    (load,) = read_records(tmp_path)
    assert (len(load.schedule), len(load.records)) == (2, 1)


def test_a_tail_grows_with_what_is_begun(tmp_path: Path) -> None:
    """Each reading has the whole schedule so far, in a fixed order, and the new records."""
    write_header(tmp_path, HEADER)
    tail = RecordTail(tmp_path)
    assert [len(load.schedule) for load in tail.new_records()] == [0]
    one, two = (ClosedRecordWriter(tmp_path, "closed", number) for number in range(2))
    first = begin(one, 10)
    (seen,) = tail.new_records()
    assert (len(seen.schedule), len(seen.records)) == (1, 0)
    end(one, first, 10)
    second = begin(two, 5)
    (seen,) = tail.new_records()
    assert seen.schedule["seq"].tolist() == [first, second]
    assert seen.records["seq"].tolist() == [first]
    (seen,) = tail.new_records()
    assert (len(seen.schedule), len(seen.records)) == (2, 0)
