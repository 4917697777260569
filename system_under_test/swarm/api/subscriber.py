"""One socket's share of the event stream: what it wants and what waits to be sent."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from swarm.memory import Event

# What may wait for one slow client: 20 s of a busy stream.
QUEUED_MAX = 5000

MESSAGE_TYPES = {
    "job_started": "job.started",
    "job_stage": "job.stage",
    "progress_update": "job.progress",
    "job_log": "job.log",
    "job_completed": "job.completed",
    "job_failed": "job.failed",
    # There is no message of its own for it; its data say "state": "cancelled".
    "job_cancelled": "job.failed",
    "agent_registered": "agent.registered",
    "agent_heartbeat": "agent.heartbeat",
    "agent_lost": "agent.lost",
    "system_status": "system.status",
}


@dataclass(frozen=True, slots=True)
class Replay:
    """A place in the queue where the job's events in (after, until] are to be sent."""

    job_id: str
    after: str | None
    until: str


@dataclass(frozen=True, slots=True)
class Close:
    """End the connection with a close code."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """A message that is not an event."""

    message: dict[str, Any] = field(default_factory=dict)


Item = Event | Replay | Close | Note


def event_message(event: Event) -> dict[str, Any] | None:
    """Return what clients are sent for an event, None for one they are not."""
    kind = MESSAGE_TYPES.get(event.type)
    return None if kind is None else {"type": kind, "event_id": event.id, **event.data}


class Subscriber:
    """A bounded queue between the hub, which never waits, and one client, which may be slow."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._jobs: set[str] = set()
        self._changed = threading.Condition()
        self._closed = False

    def offer(self, event: Event) -> None:
        """Queue an event if the client wants it."""
        job_id = event.data.get("job_id")
        if event.type in MESSAGE_TYPES and (job_id is None or job_id in self._jobs):
            self.put(event)

    def put(self, item: Item) -> None:
        """Queue an item; when too many wait, drop them all and close."""
        with self._changed:
            if self._closed:
                return
            if isinstance(item, Close):
                self._closed = True
            elif len(self._items) >= QUEUED_MAX:
                self._closed = True
                self._items.clear()
                item = Close(4429, "too slow")
            self._items.append(item)
            self._changed.notify()

    def next(self, timeout_s: float) -> Item | None:
        """Return the oldest item, None when there is none within ``timeout_s``."""
        with self._changed:
            if not self._items:
                self._changed.wait(timeout_s)
            return self._items.popleft() if self._items else None

    def want(self, job_id: str, replay: Replay) -> None:
        """Want a job's events from now on, after those the replay stands for."""
        self._jobs.add(job_id)
        self.put(replay)

    def forget(self, job_id: str) -> None:
        """Want a job's events no more."""
        self._jobs.discard(job_id)
