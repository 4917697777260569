"""The event log: one file a process, one line an event, merged on read."""

import json
import threading
from pathlib import Path

from gonogo.observation import EventLog, EventTail, read_events, unclosed_writers
from gonogo.vocabulary.events import Note, WriterClosed, WriterOpened


def test_what_was_recorded_is_read(tmp_path: Path) -> None:
    """Events are read as they were written, in the same order."""
    with EventLog(tmp_path, "r", "w", "harness") as log:
        log.record(Note(text="Zürich"))
    events = read_events(tmp_path)
    assert [type(event.what) for event in events] == [
        WriterOpened, Note, WriterClosed,
    ]  # fmt: skip
    assert events[1].what == Note("Zürich")
    assert [event.seq for event in events] == [0, 1, 2]


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    """A kill in the middle of a write loses only that event."""
    log = EventLog(tmp_path, "r", "w", "harness")
    log.record(Note(text="kept"))
    with (tmp_path / "events" / "w.ndjson").open("a") as file:
        file.write('{"run": "r", "wri')
    assert [type(event.what) for event in read_events(tmp_path)] == [WriterOpened, Note]
    log.close()


def test_writers_of_one_name_never_share_a_file(tmp_path: Path) -> None:
    """A restarted process of the same name gets a file of its own."""
    names = [EventLog(tmp_path, "r", "w", "harness") for _ in range(3)]
    assert [log.writer for log in names] == ["w", "w.2", "w.3"]
    for log in names:
        log.close()


def test_a_missing_close_is_visible(tmp_path: Path) -> None:
    """A writer that opened its file and did not close it was killed, or still runs."""
    killed = EventLog(tmp_path, "r", "killed", "harness")
    EventLog(tmp_path, "r", "ended", "harness").close()
    assert unclosed_writers(read_events(tmp_path)) == ["killed"]
    killed.close()


def test_threads_do_not_tear_each_others_lines(tmp_path: Path) -> None:
    """Eight threads at once: every event is there, every number once."""
    with EventLog(tmp_path, "r", "w", "harness") as log:

        def write(thread: int) -> None:
            for index in range(200):
                log.record(Note(text=f"{thread}.{index}" * 20))

        threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    events = read_events(tmp_path)
    assert [event.seq for event in sorted(events, key=lambda each: each.seq)] == list(range(1602))


def test_files_are_merged_by_time(tmp_path: Path) -> None:
    """Events of several writers come in the order in which they happened."""
    logs = [EventLog(tmp_path, "r", name, "harness") for name in ("b", "a")]
    for index in range(6):
        logs[index % 2].record(Note(text=str(index)))
    for log in logs:
        log.close()
    notes = [event.what.text for event in read_events(tmp_path).of(Note)]
    assert notes == ["0", "1", "2", "3", "4", "5"]


def test_the_tail_leaves_a_line_being_written(tmp_path: Path) -> None:
    """Following yields each event once, and a line only when it is whole."""
    log = EventLog(tmp_path, "r", "w", "harness")
    tail = EventTail(tmp_path)
    assert [type(event.what) for event in tail.new_events()] == [WriterOpened]
    line = json.loads((tmp_path / "events" / "w.ndjson").read_text().splitlines()[0])
    text = json.dumps({**line, "seq": 1, "kind": "note", "data": {"text": "late"}})
    with (tmp_path / "events" / "w.ndjson").open("a") as file:
        file.write(text[:20])
        file.flush()
        assert list(tail.new_events()) == []
        file.write(text[20:] + "\n")
    assert [event.what for event in tail.new_events()] == [Note("late")]
    log.close()
