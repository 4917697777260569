"""The ``redis`` toxic between a real Redis and its client."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis as client
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, ExecAbortError, ReadOnlyError, ResponseError
from redis.retry import Retry

from gonogo.backends import PROCESSES
from tests.backends.builders import Memory, redis, target
from tests.backends.conftest import memory, run, run_dir
from tests.faults.proxies import ANSWER_S_MAX, Api, api

__all__ = ["api", "memory", "run", "run_dir"]

TOXIC = "redis_downstream"


@pytest.fixture
def edge(
    tmp_path: Path, run_dir: Path, run: str, memory: Memory, api: Api
) -> Iterator[tuple[str, int]]:
    """A listener before a real Redis."""
    with PROCESSES.environment(target(tmp_path, redis()), run_dir, run, memory) as system:
        host, port = system.address("redis", 6379)
        yield api.create("p", f"{host}:{port}")


def _client(
    edge: tuple[str, int], protocol: int = 2
) -> Any:  # its own annotations fit neither protocol
    return client.Redis(
        *edge, password=redis().environment["PASSWORD"], protocol=protocol,
        socket_timeout=ANSWER_S_MAX, retry=Retry(NoBackoff(), 0), single_connection_client=True,
    )  # fmt: skip


@pytest.fixture(params=[2, 3])
def store(edge: tuple[str, int], request: pytest.FixtureRequest) -> Iterator[Any]:
    """One connection, of either protocol, that was used before the toxic was added."""
    with _client(edge, request.param) as connected:
        connected.set("key", "before")
        yield connected


@pytest.mark.parametrize(
    ("reply", "error"),
    [("LOADING", BusyLoadingError), ("READONLY", ReadOnlyError),
     ("MISCONF", ResponseError), ("BUSY", ResponseError)],
)  # fmt: skip
def test_named_commands_are_refused_and_others_are_not(
    api: Api, store: Any, reply: str, error: type[Exception]
) -> None:
    """By name, on a live connection; a refused command has no effect; ends with the toxic."""
    api.toxic("redis", reply=reply, commands=["set"])
    with pytest.raises(error) as refused:
        store.execute_command("SET", "key", "after")
    if error is ResponseError:
        assert str(refused.value).startswith(reply)
    # A client that was told LOADING makes a new connection; the toxic is on that one too.
    assert store.get("key") == b"before"
    assert api.counters(TOXIC)["affected"] == 1
    api.remove(TOXIC)
    assert store.set("key", "after")
    assert store.get("key") == b"after"


def test_the_first_so_many_fail(api: Api, store: Any) -> None:
    """Exactly three, then all pass."""
    api.toxic("redis", reply="READONLY", commands=["SET"], fail_first=3)
    for _ in range(3):
        with pytest.raises(ReadOnlyError):
            store.set("key", "x")
    for _ in range(3):
        assert store.set("key", "x")
    assert api.counters(TOXIC)["affected"] == 3
    assert api.counters(TOXIC)["matched"] == 6


def test_without_names_all_are_refused_but_a_connection_can_be_made(
    api: Api, edge: tuple[str, int]
) -> None:
    """AUTH and similar commands pass, so that the command itself fails."""
    api.toxic("redis", reply="BUSY")
    with _client(edge) as connected, pytest.raises(ResponseError, match="BUSY"):
        connected.ping()


def test_a_pipeline_keeps_its_order(api: Api, store: Any) -> None:
    """A hundred commands in one write, every second one refused: a hundred answers in order."""
    api.toxic("redis", reply="MISCONF", commands=["SET"])
    pipeline = store.pipeline(transaction=False)
    for number in range(50):
        pipeline.set("key", str(number)).echo(str(number))
    answers = pipeline.execute(raise_on_error=False)
    assert [str(answer)[:7] for answer in answers[::2]] == ["MISCONF"] * 50
    assert answers[1::2] == [str(number).encode() for number in range(50)]


def test_a_refusal_spoils_its_transaction(api: Api, store: Any) -> None:
    """As with Redis: EXEC fails, no command is executed, and the connection stays usable."""
    api.toxic("redis", reply="MISCONF", commands=["INCR"])
    for command in (("MULTI",), ("SET", "key", "x")):
        store.execute_command(*command)
    with pytest.raises(ResponseError, match="MISCONF"):
        store.execute_command("INCR", "n")
    with pytest.raises(ExecAbortError):
        store.execute_command("EXEC")
    assert store.get("key") == b"before"


def test_a_refused_exec_does_nothing(api: Api, store: Any) -> None:
    """The transaction is discarded upstream, and the client gets the given error."""
    api.toxic("redis", reply="MISCONF", commands=["EXEC"])
    for command in (("MULTI",), ("SET", "key", "x")):
        store.execute_command(*command)
    with pytest.raises(ResponseError, match="MISCONF"):
        store.execute_command("EXEC")
    assert store.get("key") == b"before"


def test_what_is_not_refused_passes_untouched(api: Api, store: Any) -> None:
    """Large values, nested and empty answers, errors of Redis' own."""
    api.toxic("redis", reply="LOADING", commands=["FLUSHALL"])
    large = bytes(range(256)) * 20_000
    store.set("large", large)
    assert store.get("large") == large
    assert store.get("none") is None
    store.xadd("stream", {"a": "b"}, id="1-1")
    assert len(store.xrange("stream")) == 1
    store.hset("hash", mapping={"a": "1", "b": "2"})
    assert store.hgetall("hash") == {b"a": b"1", b"b": b"2"}
    assert store.eval("return {1, {2, {}}, 'x'}", 0) == [1, [2, []], b"x"]
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        store.get("hash")
    assert store.lrange("empty", 0, -1) == []
    assert api.counters(TOXIC)["matched"] == 0


def test_a_subscriber_is_left_alone(api: Api, edge: tuple[str, int]) -> None:
    """Pushed messages are not replies; they arrive unchanged."""
    api.toxic("redis", reply="READONLY", commands=["SET"])
    with _client(edge) as subscriber, _client(edge) as publisher:
        channel = subscriber.pubsub(ignore_subscribe_messages=True)
        channel.subscribe("news")
        assert channel.get_message(timeout=ANSWER_S_MAX) is None
        publisher.publish("news", "all well")
        said = channel.get_message(timeout=ANSWER_S_MAX)
        assert said is not None
        assert said["data"] == b"all well"
        channel.close()


def test_changing_it_amid_commands_loses_none(api: Api, store: Any) -> None:
    """It is added, changed and removed during 2,000 commands of one live connection."""
    over = threading.Event()

    def change() -> None:
        while not over.is_set():
            api.toxic("redis", reply="BUSY", commands=["FLUSHALL"])
            api.update(TOXIC, reply="LOADING")
            api.remove(TOXIC)

    changing = threading.Thread(target=change)
    changing.start()
    try:
        for number in range(1, 2001):
            assert store.incr("count") == number
    finally:
        over.set()
        changing.join()


def test_a_reply_that_redis_does_not_know_is_refused(api: Api) -> None:
    """It is refused before anything is armed; the error lists the valid replies."""
    api.create("p", "127.0.0.1:1")
    toxic = {"type": "redis", "attributes": {"reply": "TIRED"}}
    status, said, _ = api.call("POST", "/proxies/p/toxics", toxic)
    assert status == 400
    assert "LOADING" in said
