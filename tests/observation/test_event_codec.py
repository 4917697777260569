"""The codec of events: what is written, what is read, and what is refused."""

import json
import math
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest

from gonogo.judgement import judge
from gonogo.observation import EventLog, event_line, parse_event, read_event_lines, read_events
from gonogo.vocabulary import AnyEvent, Event, ExitCode, Occurrence
from gonogo.vocabulary.events import (
    FaultIntended,
    LoadStarted,
    LoadWorkerLost,
    Note,
    PhaseStarted,
    ResourceSampled,
    ServiceStateChanged,
    TestFinished,
)
from tests.judgement.looking import finding
from tests.run_builder import go_builder

RECORDED = Path(__file__).parent / "recorded"  # a run as version 0.1 wrote it, every kind in it
ENVELOPE = {
    "run": "r", "writer": "w", "seq": 0, "boot": "b", "mono_ns": 5, "wall": "2026-01-01T12:00:00",
}  # fmt: skip


def line_of(what: Occurrence) -> dict[str, Any]:
    """A line as JSON has it."""
    found: dict[str, Any] = json.loads(event_line(event_of(what)))
    return found


def event_of(what: Occurrence) -> AnyEvent:
    return Event("r", "w", 0, "b", 5, "2026-01-01T12:00:00", what)


def recorded_lines() -> Iterator[dict[str, Any]]:
    for path in sorted((RECORDED / "events").glob("*.ndjson")):
        yield from map(json.loads, path.read_text().splitlines())


def test_a_run_recorded_before_is_read_whole() -> None:
    """Every kind of event is in it, and every line of it is an event."""
    events, bad = read_event_lines(RECORDED)
    assert bad == []
    assert {type(event.what) for event in events} == set(get_args(Occurrence))


def test_a_run_recorded_before_is_judged_as_before() -> None:
    """Verdict and findings are those of the version that recorded it."""
    verdict = judge(RECORDED)
    assert verdict.exit_code is ExitCode.NO_GO
    assert [each.cause for each in verdict.findings] == [
        "expectation-failed", "left-behind", "stopped", "events-lost", "no-objectives",
        "not-tested",
    ]  # fmt: skip
    reasons = {each.subject: each.reason for each in verdict.judgements}
    held = "bit for 0.5 s (pid 412 in state T), healed and gone (pid 412 in state S)"
    assert reasons["fault store-pause on store"] == held
    assert reasons["the event log is whole"] == "53 events of 6 writers, each closed"


def test_the_keys_stay() -> None:
    """The recorded keys and values are written again; what holds a default is left out."""
    for old in recorded_lines():
        what = parse_event(json.dumps(old).encode()).what
        new = line_of(what)["data"]
        assert new.items() <= old["data"].items()
        left_out = {each.name: each.default for each in fields(what) if each.name not in new}
        for key in old["data"].keys() - new.keys():
            assert left_out[key] in (old["data"][key], tuple(old["data"][key] or ()))


def test_a_key_of_a_newer_version_is_left_out() -> None:
    """In the envelope and among the fields of the kind."""
    line = line_of(Note("hello")) | {"host": "a"}
    line["data"]["level"] = 3
    assert parse_event(json.dumps(line).encode()) == event_of(Note("hello"))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ({"kind": "note.of.tomorrow", "data": {}}, "unknown kind 'note.of.tomorrow'"),
        ({"kind": "note", "data": {}}, "missing required field `text`"),
        ({"kind": "note", "data": {"text": 3}}, "Expected `str`, got `int`"),
        ({"kind": "note", "data": []}, "Expected `object`, got `array`"),
        ({"kind": "note"}, "missing required field `data`"),
        ({"kind": "note", "seq": "0", "data": {"text": ""}}, "Expected `int`, got `str`"),
        ({"kind": "run.finished", "data": {"interrupted": 1}}, "Expected `bool`, got `int`"),
    ],
)
def test_what_is_no_event_says_why(line: dict[str, Any], why: str) -> None:
    """A kind that is not known, a field that is missing or of another type is a bad line."""
    with pytest.raises(ValueError, match="^.*" + why.replace("`", ".")):
        parse_event(json.dumps(ENVELOPE | line).encode())


def test_a_line_nested_too_deep_is_no_event() -> None:
    """It is refused like every other damaged line, and stops no reader."""
    line = event_line(event_of(FaultIntended("a", "b", "c", "d", ())))
    deep = b"[" * 100_000 + b"]" * 100_000
    with pytest.raises(ValueError, match="nested"):
        parse_event(line.replace(b'"parameters":{}', b'"parameters":{"a":' + deep + b"}"))


@pytest.mark.parametrize(
    "what",
    [
        ServiceStateChanged("api", "exited", 7, -9, "by SIGKILL", ("one", "two")),
        LoadWorkerLost("closed", None, "killed"),
        TestFinished("a.py::test", "load", "passed", 0.5, "", 3),
        FaultIntended("i", "l", "f", "s", ("a",), ("a->b",), {"depth": {"list": [1, None]}}),
        PhaseStarted("Zürich \u2028 \U0001f600 \x00"),
    ],
)
def test_what_is_written_is_read(what: Occurrence) -> None:
    """The same value comes back, in one line."""
    line = event_line(event_of(what))
    assert parse_event(line) == event_of(what)
    assert line.count(b"\n") == 1


def test_a_number_that_is_not_finite_is_not_known() -> None:
    """JSON has no form for it: it is written as null and read as None."""
    sampled = ResourceSampled("api", cpu_percent=math.nan, memory_percent=math.inf)
    started = LoadStarted("steady", "load", 10, rate_per_s=math.nan, start_ns=5)
    assert parse_event(event_line(event_of(sampled))).what == ResourceSampled("api")
    assert parse_event(event_line(event_of(started))).what == LoadStarted(
        "steady", "load", 10, None, 5
    )


def test_a_lone_surrogate_is_written_as_its_escape() -> None:
    """A file name that is no UTF-8 may stand in any text, and in keys."""
    note = parse_event(event_line(event_of(Note("file \udcff is there"))))
    assert note.what == Note("file \\udcff is there")
    fault = FaultIntended("i", "l", "f", "s", (), parameters={"\ud800": ["\udcff", Path("/a")]})
    read = parse_event(event_line(event_of(fault))).what
    assert isinstance(read, FaultIntended)
    assert read.parameters == {"\\ud800": ["\\udcff", "/a"]}


def test_a_value_json_does_not_know_is_written_as_text(tmp_path: Path) -> None:
    """A recorded value never raises an error in the code that records it."""
    parameters = {"path": Path("/a"), "thing": object, ("a", 1): {2: 1 << 70}}
    with EventLog(tmp_path, "r", "w", "harness") as log:
        log.record(FaultIntended("i", "l", "f", "s", (), parameters=parameters))
    (fault,) = read_events(tmp_path).of(FaultIntended)
    assert fault.what.parameters["path"] == "/a"
    assert fault.what.parameters["('a', 1)"] == {"2": 1 << 70}


@pytest.mark.parametrize("text", ["bad name \udcff here", "file \ud800 is there"])
def test_the_text_of_a_failure_does_not_change_the_verdict(tmp_path: Path, text: str) -> None:
    """A failed test is NO-GO, with any text in its claim and message."""
    builder = go_builder(tmp_path / "run-1")
    builder.test("contract/test_x.py::test_x", failed_claim=text, outcome="failed", message=text)
    verdict = judge(builder.write())
    assert verdict.exit_code is ExitCode.NO_GO
    title = text.encode("ascii", "backslashreplace").decode()
    assert title in finding(verdict, "expectation-failed").title
    verdict.summary.encode()
