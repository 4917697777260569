"""The WebSocket, over the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import websocket
from swarm_support import ANSWER_S, System, echo_task, wait_for


@contextmanager
def _socket(system: System, token: str | None) -> Iterator[websocket.WebSocket]:
    query = f"?token={token}" if token is not None else ""
    connection = websocket.create_connection(
        f"ws://127.0.0.1:{system.port}/ws{query}", timeout=ANSWER_S
    )
    try:
        yield connection
    finally:
        connection.close()


def _token(system: System) -> str:
    return str(system.http.headers["Authorization"]).removeprefix("Bearer ")


def _close_code(connection: websocket.WebSocket) -> int:
    while True:
        frame = connection.recv_frame()  # type: ignore[no-untyped-call]  # untyped there
        if frame.opcode == websocket.ABNF.OPCODE_CLOSE:
            return int.from_bytes(frame.data[:2], "big")


def _until(connection: websocket.WebSocket, kind: str) -> list[dict[str, Any]]:
    """Receive messages up to the first of a type."""
    found: list[dict[str, Any]] = []
    while not found or found[-1]["type"] != kind:
        found.append(json.loads(connection.recv()))
    return found


def _send(connection: websocket.WebSocket, **message: Any) -> None:
    connection.send(json.dumps(message))


def test_who_may_connect_and_what_is_a_bad_frame(shared_system: System) -> None:
    """4401 without a valid token, 4400 for what is not a command; a first message may sign in."""
    with _socket(shared_system, "nonsense") as connection:
        assert _close_code(connection) == 4401
    with _socket(shared_system, None) as connection:
        _send(connection, type="subscribe", job_id="x")
        assert _close_code(connection) == 4401
    with _socket(shared_system, None) as connection:
        assert _close_code(connection) == 4401
    with _socket(shared_system, None) as connection:
        _send(connection, type="auth", token=_token(shared_system))
        assert _until(connection, "authenticated")
        connection.send("{not json")
        assert _close_code(connection) == 4400
    for bad in ('{"type": "dance"}', "[]", '{"type": "subscribe"}', '{"type": "auth"}'):
        with _socket(shared_system, _token(shared_system)) as connection:
            connection.send(bad)
            assert _close_code(connection) == 4400
    with _socket(shared_system, _token(shared_system)) as connection:
        connection.send_binary(b"\x00")
        assert _close_code(connection) == 4400
    with _socket(shared_system, _token(shared_system)) as connection:
        _send(connection, type="subscribe", job_id="unknown")
        assert _until(connection, "error")[-1]["code"] == "not_found"


def test_a_subscriber_sees_a_job_once_from_start_to_end(shared_system: System) -> None:
    """Live events and a replay from any point give each event once, in order."""
    # Only the agent that comes later can do these.
    later = {"capabilities": ["upload"]}
    job_id = shared_system.submit(
        echo_task("a", **later), echo_task("b", dependencies=["a"], **later)
    )
    with _socket(shared_system, _token(shared_system)) as connection:
        _send(connection, type="subscribe", job_id=job_id, last_event_id="0-0")
        assert _until(connection, "subscribed")[-1]["truncated"] is False
        shared_system.agent("later", "upload")
        live = [m for m in _until(connection, "job.completed") if m.get("job_id") == job_id]
    ids = [tuple(map(int, message["event_id"].split("-"))) for message in live]
    assert ids == sorted(set(ids))
    types = [message["type"] for message in live]
    assert {"job.started", "job.stage", "job.progress", "job.log"} <= set(types)
    progress = [message["progress"] for message in live if "progress" in message]
    assert progress == sorted(progress)
    assert progress[-1] == 100
    middle = live[len(live) // 2]
    with _socket(shared_system, _token(shared_system)) as connection:
        _send(connection, type="subscribe", job_id=job_id, last_event_id=middle["event_id"])
        replayed = [m for m in _until(connection, "job.completed") if m.get("job_id") == job_id]
    assert replayed[1:] == live[live.index(middle) + 1 :]


def test_a_reconnecting_subscriber_misses_nothing_and_gets_nothing_twice(
    shared_system: System,
) -> None:
    """Many short connections, each continuing where the last one stopped, add up to the whole."""
    tasks = [echo_task("t0")]
    tasks += [echo_task(f"t{n}", dependencies=[f"t{n - 1}"]) for n in range(1, 40)]
    job_id = shared_system.submit(*tasks)
    seen: list[dict[str, Any]] = []
    last = "0-0"
    while not seen or seen[-1]["type"] != "job.completed":
        with _socket(shared_system, _token(shared_system)) as connection:
            _send(connection, type="subscribe", job_id=job_id, last_event_id=last)
            _until(connection, "subscribed")
            for _ in range(17):
                message = json.loads(connection.recv())
                if message.get("job_id") != job_id:
                    continue
                seen.append(message)
                last = message["event_id"]
                if message["type"] == "job.completed":
                    break
    with _socket(shared_system, _token(shared_system)) as connection:
        _send(connection, type="subscribe", job_id=job_id, last_event_id="0-0")
        whole = [m for m in _until(connection, "job.completed") if m.get("job_id") == job_id]
    assert seen == whole[1:]


def test_another_account_cannot_listen_in(shared_system: System) -> None:
    """A job of somebody else is as good as absent, over the socket and over HTTP."""
    job_id = shared_system.submit(echo_task("t"))
    credentials = {"email": "other@example.org", "password": "long enough"}
    assert shared_system.call("POST", "/api/auth/register", credentials).status_code == 201
    token = shared_system.call("POST", "/api/auth/login", credentials).json()["access_token"]
    with _socket(shared_system, token) as connection:
        _send(connection, type="subscribe", job_id=job_id)
        assert _until(connection, "error")[-1]["code"] == "not_found"
    for path in ("", "/logs", "/result"):
        answer = shared_system.call(
            "GET", f"/api/jobs/{job_id}{path}", Authorization=f"Bearer {token}"
        )
        assert answer.status_code == 404


def test_sockets_say_goodbye_when_the_api_stops(system: System) -> None:
    """SIGTERM with an open socket: 1001, and the process ends with code 0 in time."""
    with _socket(system, _token(system)) as connection:
        _until(connection, "authenticated")
        system.api.process.terminate()
        assert _close_code(connection) == 1001
    assert system.api.process.wait(ANSWER_S) == 0


def test_sockets_cannot_starve_requests(shared_system: System) -> None:
    """Beyond the limit a socket is refused with 1013, and requests are still answered."""
    open_sockets = []
    try:
        for _ in range(16):
            connection = websocket.create_connection(
                f"ws://127.0.0.1:{shared_system.port}/ws?token={_token(shared_system)}",
                timeout=ANSWER_S,
            )
            open_sockets.append(connection)
            _until(connection, "authenticated")
        with _socket(shared_system, _token(shared_system)) as refused:
            assert _close_code(refused) == 1013
        assert shared_system.call("GET", "/api/jobs").ok
    finally:
        for connection in open_sockets:
            connection.close()

    def has_room() -> bool:
        with _socket(shared_system, _token(shared_system)) as connection:
            return bool(json.loads(connection.recv() or "{}"))

    wait_for(has_room, "closed sockets make room")


@pytest.fixture(autouse=True)
def _quiet() -> None:
    websocket.setdefaulttimeout(ANSWER_S)
