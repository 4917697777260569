"""One socket's subscriptions, and the queue of what is to be sent to it."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from swarm.memory import Event

# The queue of one slow client: about 20 s of a busy stream.
QUEUED_MAX = 5000

MESSAGE_TYPES = {
    "job_started": "job.started",
    "job_stage": "job.stage",
    "progress_update": "job.progress",
    "job_log": "job.log",
    "job_completed": "job.completed",
    "job_failed": "job.failed",
    # Cancelled jobs have no message type of their own; the data have "state": "cancelled".
    "job_cancelled": "job.failed",
    "agent_registered": "agent.registered",
    "agent_heartbeat": "agent.heartbeat",
    "agent_lost": "agent.lost",
    "system_status": "system.status",
}


@dataclass(frozen=True, slots=True)
class Replay:
    """A place in the queue: here the job's events in (after, until] are sent."""

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
    """Return the message for an event, None when clients do not get this event."""
    kind = MESSAGE_TYPES.get(event.type)
    return None if kind is None else {"type": kind, "event_id": event.id, **event.data}


class Subscriber:
    """A bounded queue from the hub, which never blocks, to one client, which may be slow."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._jobs: set[str] = set()
        self._changed = threading.Condition()
        self._closed = False

    def offer(self, event: Event) -> None:
        """Queue an event if the client has subscribed to it."""
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
        """Queue a job's events from now on, after those of the replay."""
        self._jobs.add(job_id)
        self.put(replay)

    def forget(self, job_id: str) -> None:
        """Stop queueing a job's events."""
        self._jobs.discard(job_id)
