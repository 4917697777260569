"""The WebSocket, over the wire."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
import websocket
from port_support import lease_port
from swarm_support import ANSWER_S, System, echo_task, wait_for

# Together more than the kernel takes for a client that reads nothing.
REPLAYS = 4000


@contextmanager
def _socket(
    system: System, token: str | None, *, port: int | None = None, **options: Any
) -> Iterator[websocket.WebSocket]:
    query = f"?token={token}" if token is not None else ""
    connection = websocket.create_connection(
        f"ws://127.0.0.1:{port or system.port}/ws{query}", timeout=ANSWER_S, **options
    )
    try:
        yield connection
    finally:
        connection.close()
        # After a close frame that was answered there is still the socket.
        connection.shutdown()  # type: ignore[no-untyped-call]  # untyped there


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


def _second_api(system: System, name: str, **environ: str) -> int:
    """Start one more api on the same Redis; returns its port when it answers."""
    port = lease_port()
    system.service("swarm.api", name, SWARM_API_PORT=str(port), **environ)

    def is_ready() -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{port}/api/health/ready", timeout=ANSWER_S).ok
        except requests.RequestException:
            return False

    wait_for(is_ready, "the second api is ready")
    return port


def _has_room(system: System, port: int) -> bool:
    with _socket(system, _token(system), port=port) as connection:
        return bool(json.loads(connection.recv() or "{}"))


def test_a_client_that_stops_reading_loses_its_slot(shared_system: System) -> None:
    """What it is sent lies unread for the limit at most; then another has its place."""
    port = _second_api(shared_system, "stalled", SWARM_API_SOCKETS_MAX="1", SWARM_API_STALL_S="0.5")
    wait_for(lambda: _has_room(shared_system, port), "the hub has begun")
    fail = {"message": "x" * 1000, "permanent": True}
    job_id = shared_system.submit(echo_task("t", type="diagnostic.fail", parameters=fail))
    shared_system.finished(job_id)
    small = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)]

    def stall() -> bool:
        with _socket(shared_system, _token(shared_system), port=port, sockopt=small) as stalled:
            if not stalled.recv():
                return False
            # Cut off, it can send no more either.
            with contextlib.suppress(OSError, websocket.WebSocketException):
                for _ in range(REPLAYS):
                    _send(stalled, type="subscribe", job_id=job_id, last_event_id="0-0")
            wait_for(lambda: _has_room(shared_system, port), "the stalled client made room")
            return True

    wait_for(stall, "the stalled client was let in")


def test_sockets_that_have_not_signed_in_are_counted(shared_system: System) -> None:
    """Of two that say nothing, where there is room for one, one is refused at once."""
    port = _second_api(shared_system, "counted", SWARM_API_SOCKETS_MAX="1")

    def one_is_refused() -> bool:
        with (
            _socket(shared_system, None, port=port) as one,
            _socket(shared_system, None, port=port) as other,
        ):
            return {_close_code(one), _close_code(other)} == {1013, 4401}

    wait_for(one_is_refused, "one of two silent sockets is refused")
    wait_for(lambda: _has_room(shared_system, port), "the silent sockets made room")


@pytest.fixture(autouse=True)
def _quiet() -> None:
    websocket.setdefaulttimeout(ANSWER_S)
