"""Idempotency keys whose stored reply an earlier version wrote."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from api_support import Api, assert_problem
from swarm.api.app import SwarmApp
from swarm.memory import SessionRepository
from swarm.store import KeyOutdated, Once, Store
from swarm_support import raw_client

# Earlier versions stored the outcome and values by position.
OLD_REPLIES = [["ok", [["id", "s"], ["name", "n"]]], ["ok"]]


def _make_old(store: Store, reply: object) -> None:
    """Replace the reply of the only key of the namespace."""
    (memory,) = raw_client(store).scan_iter(store.keys.of("once", "*"))
    stored = json.loads(str(raw_client(store).get(memory)))
    raw_client(store).set(memory, json.dumps({**stored, "reply": reply}))


@pytest.mark.parametrize("reply", OLD_REPLIES, ids=json.dumps)
def test_a_reply_of_an_earlier_version_is_an_error_of_its_own(store: Store, reply: object) -> None:
    """A repeat neither reads it wrongly nor happens a second time."""
    sessions, once = SessionRepository(store), Once("op", "f", 60.0)

    def create(session_id: str) -> None:
        sessions.create(session_id, owner="o", name="n", metadata="{}", ttl_s=60, once=once)

    create("first")
    _make_old(store, reply)
    with pytest.raises(KeyOutdated):
        create("second")
    assert sessions.page(owner="o", status="*", page=1, per_page=10).total == 1


def test_a_key_that_an_earlier_version_used_is_a_conflict(
    make_app: Callable[..., SwarmApp], store: Store
) -> None:
    """The client gets a 409 that says so; with another request it is the usual 409."""
    api = Api(make_app(SWARM_NAMESPACE=store.settings.namespace))
    assert api.call("POST", "/api/sessions", {}, Idempotency_Key="k").status_code == 201
    _make_old(store, ["ok", []])
    again = api.call("POST", "/api/sessions", {}, Idempotency_Key="k")
    assert "earlier version" in assert_problem(again, 409)["detail"]
    other = api.call("POST", "/api/sessions", {"name": "other"}, Idempotency_Key="k")
    assert "different request" in assert_problem(other, 409)["detail"]
