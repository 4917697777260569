"""One reader of the event stream per process, fanning out to all its sockets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import structlog

from swarm.api.subscriber import Close, Replay, Subscriber
from swarm.memory import Event, EventLog
from swarm.store import Store, StoreUnavailable

BATCH = 500
AWAY_RETRY_S = 0.25

_log = structlog.get_logger()


class Hub:
    """Reads events once and offers them to every subscriber, in order.

    A subscription reads the hub's position in the stream under the hub's lock. Events up to that
    position are replayed from the stream, later ones arrive live. So none is lost and none is
    sent twice.
    """

    def __init__(self, store: Store) -> None:
        self._events = EventLog(store)
        self._lock = threading.Lock()
        self._subscribers: set[Subscriber] = set()
        # Empty until Redis was reached for the first time.
        self._position = ""

    def run(self, alive: Callable[[], bool]) -> None:
        """Read until the worker stops; then close every socket."""
        while alive():
            try:
                if not self._position:
                    self._position = self._events.last_id()
                events = self._events.wait_after(self._position, count=BATCH)
            except StoreUnavailable:
                time.sleep(AWAY_RETRY_S)
                continue
            except Exception:
                # If this thread ended, no socket would get events any more.
                _log.exception("hub.failed")
                time.sleep(AWAY_RETRY_S)
                continue
            self._fan_out(events)
        with self._lock:
            for subscriber in self._subscribers:
                subscriber.put(Close(1001, "going away"))

    def _fan_out(self, events: list[Event]) -> None:
        if not events:
            return
        with self._lock:
            for event in events:
                for subscriber in self._subscribers:
                    subscriber.offer(event)
            self._position = events[-1].id

    def attach(self, subscriber: Subscriber) -> bool:
        """Add a subscriber; False when Redis was never reached."""
        with self._lock:
            if not self._position:
                return False
            self._subscribers.add(subscriber)
            return True

    def detach(self, subscriber: Subscriber) -> None:
        """Remove a subscriber."""
        with self._lock:
            self._subscribers.discard(subscriber)

    def subscribe(self, subscriber: Subscriber, job_id: str, after: str | None) -> None:
        """Send a job's events from now on, and before them those after ``after``."""
        with self._lock:
            subscriber.want(job_id, Replay(job_id, after, self._position))

    def reaches_back_to(self, event_id: str) -> bool:
        """Whether nothing after ``event_id`` can have been trimmed."""
        return self._events.reaches_back_to(event_id)

    def replay(self, wanted: Replay) -> Iterator[Event]:
        """Yield the events of a replay."""
        after = wanted.after
        while after is not None:
            events = self._events.after(after, count=BATCH, until=wanted.until)
            for event in events:
                if event.data.get("job_id") == wanted.job_id:
                    yield event
            after = events[-1].id if len(events) == BATCH else None
