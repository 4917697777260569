"""The event log on a disk that is full for a while, and files that are damaged."""

import json
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gonogo.judgement import judge
from gonogo.observation import EventLog, EventTail, parse_event, read_event_lines, read_events
from gonogo.vocabulary import ExitCode, Result
from gonogo.vocabulary.events import Note, WriterClosed, WriterOpened
from tests.judgement.looking import finding
from tests.run_builder import go_run


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """A full disk as a program sees it: a short write, then writes that fail."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def size_of(run_dir: Path, writer: str) -> int:
    return (run_dir / "events" / f"{writer}.ndjson").stat().st_size


@pytest.mark.parametrize("room", [0, 1, 20, 150])
def test_a_full_disk_loses_events_and_nothing_else(tmp_path: Path, room: int) -> None:
    """Nothing is raised, later events are complete, the gap is seen and its events are counted."""
    log = EventLog(tmp_path, "run-1", "writer", "harness")
    with files_no_larger_than(size_of(tmp_path, "writer") + room):
        log.record(Note(text="lost"))
        log.record(Note(text="lost too"))
    log.record(Note(text="kept"))
    log.close()
    events, bad = read_event_lines(tmp_path)
    assert [event.seq for event in events] == [0, 3, 4]
    assert events[1].what == Note("kept")
    assert events[2].what == WriterClosed(lost=2, why="File too large")
    assert [(each.file, each.number) for each in bad] == [("events/writer.ndjson", 2)] * bool(room)


def test_a_line_that_only_lacks_its_end_is_kept(tmp_path: Path) -> None:
    """All but the newline fits: the next event ends the line, and neither is damaged."""
    log = EventLog(tmp_path, "run-1", "writer", "harness")
    before = size_of(tmp_path, "writer")
    log.record(Note(text="x"))
    line = size_of(tmp_path, "writer") - before
    with files_no_larger_than(before + 2 * line - 1):
        log.record(Note(text="x"))
    log.close()
    events, bad = read_event_lines(tmp_path)
    assert [event.seq for event in events] == [0, 1, 2, 3]
    assert bad == []


def test_closing_on_a_full_disk_does_not_raise(tmp_path: Path) -> None:
    """Cleanup goes on; the writer then counts as killed."""
    log = EventLog(tmp_path, "run-1", "writer", "harness")
    with files_no_larger_than(size_of(tmp_path, "writer")):
        log.close()
    assert [type(event.what) for event in read_events(tmp_path)] == [WriterOpened]


def test_a_clean_close_says_nothing(tmp_path: Path) -> None:
    """Without a lost event the closing event counts none."""
    EventLog(tmp_path, "run-1", "writer", "harness").close()
    assert read_events(tmp_path)[-1].what == WriterClosed()


def test_following_goes_on_past_a_torn_line(tmp_path: Path) -> None:
    """The guard reads on after an incomplete line of a full disk."""
    log = EventLog(tmp_path, "run-1", "writer", "harness")
    with files_no_larger_than(size_of(tmp_path, "writer") + 30):
        log.record(Note(text="lost"))
    log.record(Note(text="kept"))
    assert [event.seq for event in EventTail(tmp_path).new_events()] == [0, 2]


def spoil(change: Callable[[list[bytes]], list[bytes]], path: Path) -> None:
    path.write_bytes(b"\n".join(change(path.read_bytes().split(b"\n"))))


@pytest.mark.parametrize(
    "garbage",
    [b"", b"garbage", b"\x00\xff", b"3", b"[]", b"{}", b'{"run": 1}', b"\xff\xfe", b"null"],
)
def test_a_damaged_line_makes_a_finished_run_inconclusive(tmp_path: Path, garbage: bytes) -> None:
    """It is skipped, file and line are named, and the gap makes the run INCONCLUSIVE."""
    run_dir = go_run(tmp_path / "run-1")
    spoil(lambda old: [*old[:8], garbage, *old[9:]], run_dir / "events" / "harness.ndjson")
    verdict = judge(run_dir)
    assert verdict.exit_code is ExitCode.INCONCLUSIVE
    found = finding(verdict, "events-lost")
    assert found.result is Result.INCONCLUSIVE
    assert found.title == "events/harness.ndjson: line 9 is not an event"
    assert str(tmp_path) not in found.detail


def test_several_damaged_lines_are_one_finding(tmp_path: Path) -> None:
    """One finding a file, with every line number."""
    run_dir = go_run(tmp_path / "run-1")
    spoil(lambda old: [b"a", *old[1:4], b"b", *old[5:]], run_dir / "events" / "harness.ndjson")
    assert "lines 1, 5 are not events" in finding(judge(run_dir), "events-lost").title


def test_events_that_could_not_be_written_are_counted(tmp_path: Path) -> None:
    """The count of the closing event becomes a finding with the reason."""
    run_dir = go_run(tmp_path / "run-1")
    path = run_dir / "events" / "harness.ndjson"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines[-1]["data"] = {"lost": 1, "why": "No space left on device"}
    del lines[-2]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    verdict = judge(run_dir)
    assert verdict.exit_code is ExitCode.INCONCLUSIVE
    title = "1 events of harness could not be written: No space left on device"
    assert finding(verdict, "events-lost").title == title
    assert verdict.summary.startswith(f"INCONCLUSIVE: {title}")


def test_a_field_of_another_type_is_no_event(tmp_path: Path) -> None:
    """An event with a field of a wrong type is refused when it is read."""
    run_dir = go_run(tmp_path / "run-1")
    line = (run_dir / "events" / "harness.ndjson").read_bytes().split(b"\n")[0]
    assert parse_event(line).seq == 0
    for name, value in (("seq", "0"), ("mono_ns", None), ("data", []), ("kind", "what")):
        with pytest.raises(ValueError, match=r"\w"):
            parse_event(json.dumps(json.loads(line) | {name: value}).encode())
