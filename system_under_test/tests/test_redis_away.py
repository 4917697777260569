"""The api while Redis is away: how often it asks, and for how long at most."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from swarm.api.app import SwarmApp
from swarm.memory import SessionRepository
from swarm.store import Store, connection

# The product's value: during tests the constant of the module is larger.
from swarm.store.connection import BLOCK_S_MAX, CALL_TIMEOUT_S
from swarm_support import ANSWER_S, raw_client, wait_for

ANSWER_S_MAX = 2.0
# As many as the README says.
API_THREADS = 192
CREDENTIALS = {"email": "someone@example.org", "password": "long enough"}


@pytest.fixture
def port() -> Iterator[int]:
    """A port that is bound and not listening: connections are refused, no other process uses it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port whose connections are made and never answered, as by a Redis that hangs."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The addresses of connections from now on."""
    found: list[Any] = []
    connect = socket.socket.connect

    def note(self: socket.socket, address: Any) -> None:
        found.append(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", note)
    return found


def _signed_in(app: SwarmApp) -> dict[str, str]:
    client = app.test_client()
    assert client.post("/api/auth/register", json=CREDENTIALS).status_code == 201
    token = client.post("/api/auth/login", json=CREDENTIALS).get_json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def _assert_away(client: FlaskClient, method: str, path: str, **sent: Any) -> None:
    answer = client.open(path, method=method, **sent)
    assert answer.status_code == 503, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Retry-After"] == "1"


def test_without_redis_every_route_answers_503_at_once(
    make_app: Callable[..., SwarmApp], port: int, connects: list[Any]
) -> None:
    """Also at the start, when Redis was never there, after one try; liveness does not need it."""
    client = make_app(SWARM_REDIS_URL=f"redis://127.0.0.1:{port}/0").test_client()
    _assert_away(client, "POST", "/api/auth/login", json=CREDENTIALS)
    assert connects == [("127.0.0.1", port)]
    assert client.get("/api/health").status_code == 200
    assert client.get("/api/health/ready").status_code == 503


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/auth/login", CREDENTIALS),
        ("GET", "/api/jobs", None),
        ("PUT", "/api/sessions/s/context/k", {"value": 1}),
    ],
)
def test_a_request_waits_for_a_silent_redis_once(
    make_app: Callable[..., SwarmApp],
    silent_port: int,
    connects: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    body: object,
) -> None:
    """Reads and writes: 503 after one call's limit, which leaves room within the 2 s promised."""
    headers = _signed_in(make_app())
    monkeypatch.setattr(connection, "CALL_TIMEOUT_S", 0.05)
    connects.clear()
    client = make_app(SWARM_REDIS_URL=f"redis://127.0.0.1:{silent_port}/0").test_client()
    _assert_away(client, method, path, json=body, headers=headers)
    assert connects == [("127.0.0.1", silent_port)]


def test_every_thread_has_a_connection(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """More calls at once than a worker has threads all succeed: the pool refuses none."""
    monkeypatch.setattr(connection, "BLOCK_S_MAX", ANSWER_S)
    calls = API_THREADS + 1
    with ThreadPoolExecutor(calls) as pool:
        waits = [pool.submit(store.wait_events, "0-0", 1) for _ in range(calls)]
        wait_for(lambda: _blocked(store) >= calls, "every call waits for an event")
        # An event ends all the calls.
        SessionRepository(store).create("s", owner="o", name="n", metadata="{}", ttl_s=60)
        assert [len(wait.result()) for wait in waits] == [1] * calls


def _blocked(store: Store) -> int:
    return int(raw_client(store).info("clients")["blocked_clients"])


def test_one_call_fits_into_the_promise() -> None:
    """A call and half of its limit for the rest are within 2 s; an idle read is no outage."""
    assert CALL_TIMEOUT_S * 1.5 < ANSWER_S_MAX
    assert BLOCK_S_MAX < CALL_TIMEOUT_S
