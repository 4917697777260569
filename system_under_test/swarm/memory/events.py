"""Events: typed, ordered, replayable from any id. The scripts that change state append them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from swarm.store import Store

EVENT_ID_PATTERN = r"\d{1,19}(-\d{1,19})?"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; ``id`` orders events and starts with Unix milliseconds."""

    id: str
    type: str
    data: dict[str, Any]

    @property
    def order(self) -> tuple[int, int]:
        """The id as numbers that compare in order."""
        return event_order(self.id)

    @classmethod
    def parse(cls, row: tuple[str, dict[str, str]]) -> Event:
        """Build an event from a stream entry."""
        event_id, fields = row
        return cls(event_id, fields["type"], json.loads(fields["data"]))


def event_order(event_id: str) -> tuple[int, int]:
    """Return an event id as numbers that compare in order."""
    if not re.fullmatch(EVENT_ID_PATTERN, event_id):
        raise ValueError(f"not an event id: {event_id!r}")
    milliseconds, _, sequence = event_id.partition("-")
    return int(milliseconds), int(sequence or 0)


class EventLog:
    """Reads the event stream. It is bounded by count and age, so old events may be gone."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def last_id(self) -> str:
        """Return the newest event's id, ``0-0`` when there is none."""
        return self._store.last_event_id()

    def after(self, event_id: str, *, count: int, until: str = "+") -> list[Event]:
        """Return at most ``count`` events newer than ``event_id``, up to ``until``."""
        rows = self._store.read_stream("events", after=f"({event_id}", until=until, count=count)
        return [Event.parse(row) for row in rows]

    def wait_after(self, event_id: str, *, count: int) -> list[Event]:
        """Like ``after``, but waits a moment for the first event."""
        return [Event.parse(row) for row in self._store.wait_events(event_id, count)]

    def reaches_back_to(self, event_id: str) -> bool:
        """Whether nothing after ``event_id`` can have been trimmed."""
        oldest = self._store.read_stream("events", count=1)
        return not oldest or event_order(oldest[0][0]) <= event_order(event_id)
