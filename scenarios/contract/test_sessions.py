"""Sessions and their shared context: values are kept exactly, and conflicts are reported."""

import pytest

from gonogo.plugin import Expect, SystemUnderTest
from gonogo.probes import Http
from scenarios.problems import expect_problem

pytestmark = pytest.mark.phase("contract")

VALUES: list[object] = [
    None,
    True,
    0,
    1.5,
    "",
    "007",
    "true",
    [],
    {"a": [1, {"b": None}]},
    "Zürich ☃",
]


def test_session_lifecycle(system: SystemUnderTest, expect: Expect) -> None:
    """A session can be created, read and deleted; after that it is a 404."""
    client = system.user_http()
    made = client.post("/api/sessions", json={"name": system.unique("session")})
    expect.equal("creating answers 201", made.status, 201)
    path = f"/api/sessions/{made.json['id']}"
    expect.equal("it can be read", client.get(path).json["id"], made.json["id"])
    gone = client.request("DELETE", path)
    expect.true("deleting answers 2xx", 200 <= gone.status < 300, observed=gone.status)
    expect_problem(expect, client.get(path), 404)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_context_round_trip(system: SystemUnderTest, expect: Expect, value: object) -> None:
    """A JSON value of any type is read back unchanged."""
    client = system.user_http()
    session = client.post("/api/sessions", json={"name": system.unique("values")}).json["id"]
    path = f"/api/sessions/{session}/context/key"
    expect.equal("writing answers 200", client.put(path, json={"value": value}).status, 200)
    expect.equal("the same value is read", client.get(path).json["value"], value)


def test_context_conflict(system: SystemUnderTest, expect: Expect) -> None:
    """A write with an old version is a 409 with the current version; no value is lost."""
    client = system.user_http()
    session = client.post("/api/sessions", json={"name": system.unique("cas")}).json["id"]
    path = f"/api/sessions/{session}/context/key"
    first = client.put(path, json={"value": 1}).json["version"]
    second = client.put(path, json={"value": 2, "version": first})
    expect.equal("a write on the current version is accepted", second.status, 200)
    late = client.put(path, json={"value": 3, "version": first})
    expect_problem(expect, late, 409)
    expect.equal(
        "the 409 has the current version", late.json.get("version"), second.json["version"]
    )
    expect.equal("the accepted value is kept", client.get(path).json["value"], 2)


def test_idempotency_key(system: SystemUnderTest, expect: Expect) -> None:
    """A repeated write with the same key returns the first result and happens once."""
    client = system.user_http()
    headers = {"Idempotency-Key": system.unique("key")}
    body = {"name": system.unique("once")}
    first = client.post("/api/sessions", json=body, headers=headers)
    again = client.post("/api/sessions", json=body, headers=headers)
    expect.equal("both answers name the same session", again.json["id"], first.json["id"])
    named = [name for name in _session_names(client, expect) if name == body["name"]]
    expect.equal("there is one session of that name", len(named), 1)


def _session_names(client: Http, expect: Expect) -> list[str]:
    names: list[str] = []
    page = 1
    while True:
        answer = client.get(f"/api/sessions?page={page}&per_page=100")
        expect.equal("a page of sessions answers 200", answer.status, 200)
        found = [session["name"] for session in answer.json["sessions"]]
        if not found:
            return names
        names += found
        page += 1
