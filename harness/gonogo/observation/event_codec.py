"""The codec of events: one NDJSON line is one event, and nothing else knows the keys.

A line holds the envelope, the kind, and the fields of the kind under ``data``; a field that has
its default is left out. A reader leaves out keys it does not know, which a newer version may have
written. A line of an unknown kind is not an event, nor is a line with a field that is missing or of
another type: judging without that line could pass a run that it would have failed.
"""

from dataclasses import fields
from typing import get_args

import msgspec

from gonogo.observation.json_file import decoder, to_json
from gonogo.vocabulary import AnyEvent, Event, Occurrence


class _Line(msgspec.Struct):
    """A line; ``data`` is decoded when its kind is known."""

    run: str
    writer: str
    seq: int
    boot: str
    mono_ns: int
    wall: str
    kind: str
    data: msgspec.Raw


def event_line(event: AnyEvent) -> bytes:
    """An event as a line, with its newline."""
    what = event.what
    line = {
        "run": event.run,
        "writer": event.writer,
        "seq": event.seq,
        "boot": event.boot,
        "mono_ns": event.mono_ns,
        "wall": event.wall,
        "kind": what.kind,
        "data": {
            name: value
            for name, default in _DEFAULTS[type(what)]
            if (value := getattr(what, name)) != default
        },
    }
    return to_json(line) + b"\n"


def parse_event(line: bytes) -> AnyEvent:
    """A line as an event.

    Raises:
        ValueError: not JSON, an unknown kind, or a field that is missing or of another type.
    """
    try:
        read: _Line = _LINES.decode(line)
        kind = _KINDS.get(read.kind)
        if kind is None:
            raise ValueError(f"unknown kind {read.kind!r}")
        what: Occurrence = decoder(kind).decode(read.data)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    return Event(read.run, read.writer, read.seq, read.boot, read.mono_ns, read.wall, what)


_LINES = msgspec.json.Decoder(_Line)
_KINDS = {kind.kind: kind for kind in get_args(Occurrence)}
# Name and default of each field; one without a default has ``MISSING``, which no value equals.
_DEFAULTS = {
    kind: tuple((each.name, each.default) for each in fields(kind)) for kind in get_args(Occurrence)
}
