"""The connection to Redis: typed calls, atomic scripts, one error when Redis is away."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import redis
from redis.backoff import NoBackoff
from redis.commands.core import Script as RedisScript
from redis.retry import Retry

from swarm.config import StoreSettings
from swarm.store.breaker import Breaker
from swarm.store.errors import StoreUnavailable
from swarm.store.keys import Keys
from swarm.store.reply import Reply
from swarm.store.script import Script, assemble

# The api answers within 2 s while Redis hangs. One call and the rest of a request fit into that.
CALL_TIMEOUT_S = 1.2
# Longest blocking read. Not below CALL_TIMEOUT_S, an idle read would time out and look like an
# outage.
BLOCK_S_MAX = 0.8
BREAKER_RETRY_S = 0.4

# The number of threads is limited, and each uses one connection at most. A lower limit of the pool
# would only refuse calls that Redis could serve.
CONNECTIONS_MAX = 2**31

# Replies of a Redis that is up but cannot serve: loading, read-only, disk or memory full.
_REFUSALS = ("LOADING", "MISCONF", "READONLY", "OOM", "BUSY", "MASTERDOWN", "NOREPLICAS")


# An argument of a script. What users wrote is passed as text: as a structure, Lua would change it.
Argument: TypeAlias = "str | int | bool | Sequence[Argument] | Mapping[str, Argument] | None"


@dataclass(frozen=True, slots=True)
class Once:
    """Makes a script's effect happen once: a repeat of ``operation`` returns the first reply."""

    operation: str
    fingerprint: str
    ttl_s: float


class Store:
    """A namespace in Redis.

    Nothing is retried here: redis-py's own retries would repeat a write whose first try may
    have been applied. Callers retry with an operation id, or report that Redis is away.
    """

    def __init__(self, settings: StoreSettings) -> None:
        self.keys = Keys(settings.namespace)
        self.settings = settings
        self._breaker = Breaker(BREAKER_RETRY_S)
        self._client: redis.Redis = redis.Redis.from_url(
            settings.redis_url,
            decode_responses=True,
            protocol=2,
            socket_timeout=CALL_TIMEOUT_S,
            socket_connect_timeout=CALL_TIMEOUT_S,
            socket_keepalive=True,
            retry=Retry(NoBackoff(), 0),
            max_connections=CONNECTIONS_MAX,
        )
        self._scripts: dict[Script, RedisScript] = {}

    def run(self, script: Script, *, once: Once | None = None, **arguments: Argument) -> Reply:
        """Run a script atomically. It gets its arguments by name, as one JSON object.

        Those that the script declares ``raw`` are texts; it gets them by name too.
        """
        raw = [cast("str", arguments.pop(name)) for name in script.raw]
        request: dict[str, Argument] = {
            "settings": {
                "event_count_max": self.settings.event_count_max,
                "event_ttl_ms": int(self.settings.event_ttl_s * 1000),
            },
            "arguments": arguments,
            "raw": script.raw,
        }
        if once is not None:
            request["once"] = {
                "operation": once.operation,
                "fingerprint": once.fingerprint,
                "ttl_ms": int(once.ttl_s * 1000),
            }
        registered = self._scripts.get(script)
        if registered is None:
            registered = self._client.register_script(assemble(script))
            self._scripts[script] = registered
        # Not escaped to ASCII: a text that is not valid Unicode must fail here, not in Lua.
        text = json.dumps(request, ensure_ascii=False, separators=(",", ":"))
        with self._guard():
            flat = registered(keys=[self.keys.events], args=[text, *raw])
        return Reply.parse(cast("list[object]", flat))

    def fields(self, *parts: str) -> dict[str, str]:
        """Return a hash, empty when there is none."""
        with self._guard():
            return cast("dict[str, str]", self._client.hgetall(self.keys.of(*parts)))

    def field(self, *parts: str) -> str | None:
        """Return one field of a hash: the last part is the field's name."""
        with self._guard():
            return cast("str | None", self._client.hget(self.keys.of(*parts[:-1]), parts[-1]))

    def ping(self) -> None:
        """Return when Redis answers."""
        with self._guard():
            self._client.ping()

    def last_event_id(self) -> str:
        """Return the newest event's id, ``0-0`` when there is none."""
        with self._guard():
            rows = cast("list[Any]", self._client.xrevrange(self.keys.events, count=1))
        return str(rows[0][0]) if rows else "0-0"

    def read_stream(
        self, *parts: str, after: str = "-", until: str = "+", count: int | None = None
    ) -> list[tuple[str, dict[str, str]]]:
        """Return stream entries in order; ``after`` prefixed by ``(`` is exclusive."""
        with self._guard():
            rows = self._client.xrange(self.keys.of(*parts), min=after, max=until, count=count)
        return cast("list[tuple[str, dict[str, str]]]", rows)

    def wait_events(self, after: str, count: int) -> list[tuple[str, dict[str, str]]]:
        """Return events newer than ``after``, waiting at most BLOCK_S_MAX for the first."""
        with self._guard():
            reply = self._client.xread(
                {self.keys.events: after}, count=count, block=int(BLOCK_S_MAX * 1000)
            )
        streams = cast("list[tuple[str, list[tuple[str, dict[str, str]]]]]", reply or [])
        return streams[0][1] if streams else []

    def wake(self) -> Wake:
        """Return a listener for the namespace's wake channel."""
        return Wake(self._client, self.keys.wake)

    @contextmanager
    def _guard(self) -> Iterator[None]:
        if not self._breaker.admits():
            raise StoreUnavailable("Redis did not answer a moment ago")
        try:
            yield
        except (redis.ConnectionError, redis.TimeoutError, OSError) as error:
            self._breaker.failed()
            raise StoreUnavailable(type(error).__name__) from error
        except redis.ResponseError as error:
            # redis-py stores a code that it knows in an attribute; any other starts the text.
            if (error.status_code or str(error)).startswith(_REFUSALS):
                raise StoreUnavailable(str(error)[:80]) from error
            raise
        self._breaker.succeeded()


class Wake:
    """Waits for new work; a lost message costs one poll interval, never a task."""

    def __init__(self, client: redis.Redis, channel: str) -> None:
        self._pubsub = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]  # redis-py left it untyped
        self._channel = channel

    def wait(self, timeout_s: float) -> None:
        """Return on the next message or after ``timeout_s``; raises StoreUnavailable."""
        try:
            if not self._pubsub.subscribed:
                self._pubsub.subscribe(self._channel)
            self._pubsub.get_message(timeout=timeout_s)
        except (redis.RedisError, OSError) as error:
            self._pubsub.close()
            raise StoreUnavailable(type(error).__name__) from error
