"""The api's contract, request by request."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from api_support import CREDENTIALS, Api, assert_problem
from swarm.api.app import SwarmApp
from swarm.api.bodies import BODY_BYTES_MAX
from swarm.api.passwords import hash_password, password_matches


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/nothing", None, 404),
        ("GET", "/elsewhere", None, 404),
        ("PUT", "/api/jobs", None, 405),
        ("GET", "/api/jobs/none", None, 404),
        ("GET", "/api/jobs/none/logs", None, 404),
        ("GET", "/api/jobs/none/result", None, 404),
        ("POST", "/api/jobs/none/cancel", None, 404),
        ("GET", "/api/jobs?page=0", None, 400),
        ("GET", "/api/jobs?status=happy", None, 400),
        ("GET", "/api/jobs?unknown=1", None, 400),
        ("GET", "/api/events?after=yesterday", None, 400),
        ("GET", "/api/events?limit=100000", None, 400),
        ("POST", "/api/jobs", {"tasks": []}, 400),
        ("POST", "/api/jobs", {"tasks": [{"name": "a", "type": "dance"}]}, 400),
        ("POST", "/api/jobs", [], 400),
        ("POST", "/api/jobs", None, 400),
        ("POST", "/api/scripts/execute", {"script": "none"}, 404),
        ("POST", "/api/scripts/execute", {"script": "genome_analysis"}, 400),
        ("GET", "/api/scripts/none", None, 404),
        ("GET", "/api/sessions/none", None, 404),
        ("DELETE", "/api/sessions/none", None, 404),
        ("PATCH", "/api/sessions/none", {}, 404),
        ("PUT", "/api/sessions/none/context/k", {"value": 1}, 404),
        ("POST", "/api/sessions", {"ttl_s": -1}, 400),
        ("POST", "/api/auth/login", {"email": "a@b"}, 400),
        ("POST", "/api/auth/login", {"email": "a@b", "password": 5}, 400),
        ("POST", "/api/auth/register", {"email": "a@b", "password": "short"}, 400),
        ("POST", "/api/auth/register", CREDENTIALS, 409),
    ],
)
def test_every_error_is_a_problem_document(
    api: Api, method: str, path: str, body: object, status: int
) -> None:
    """Every error has one format; an invalid request is 400, never 422."""
    assert_problem(api.call(method, path, body), status)


@pytest.mark.parametrize(
    "data",
    [b"{", b"", b"nonsense", b'{"tasks": NaN}', b'{"a": 1e999}', b"[" * 100_000, b"\xff\xfe"],
)
def test_a_malformed_body_is_a_400(api: Api, data: bytes) -> None:
    """Also JSON that Python's parser accepts against the standard, or cannot parse."""
    assert_problem(api.raw(data), 400)


@pytest.mark.parametrize(
    ("method", "path", "body", "place"),
    [
        (
            "POST",
            "/api/scripts/execute",
            {"script": "filter_products", "parameters": {"input_file": "\ud800"}},
            "parameters.input_file",
        ),
        (
            "POST",
            "/api/scripts/execute",
            {"script": "genome_analysis", "parameters": {"fasta": "\ud800"}},
            "parameters.fasta",
        ),
        ("POST", "/api/scripts/execute", {"script": "\ud800"}, "script"),
        ("POST", "/api/sessions", {"name": "\ud800"}, "name"),
        ("POST", "/api/jobs", {"name": "\ud800", "tasks": [{}]}, "name"),
        ("POST", "/api/auth/login", {"email": "\ud800@b", "password": "x"}, "email"),
        ("POST", "/api/auth/login", {"email": "a@b", "password": "\ud800"}, "password"),
        ("POST", "/api/auth/register", {"email": "a@b", "password": "\ud800" * 8}, "password"),
    ],
)
def test_half_a_character_is_no_name(
    api: Api, method: str, path: str, body: object, place: str
) -> None:
    """JSON may contain a lone surrogate; a file name or key with one is refused."""
    document = assert_problem(api.call(method, path, body), 400)
    assert place in [error["place"] for error in document["errors"]]


def test_bodies_have_a_type_and_a_limit(api: Api) -> None:
    """415 for what is not JSON, 413 above 1 MiB."""
    assert_problem(api.raw(b"a=1", "application/x-www-form-urlencoded"), 415)
    assert_problem(api.raw(b" " * (BODY_BYTES_MAX + 1)), 413)


def test_a_bug_is_a_500_without_a_stack_trace(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer to an internal error contains no internal details."""

    def explode(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("swarm.memory.AgentRegistry.find", explode)
    answer = api.call("GET", "/api/agents")
    assert_problem(answer, 500)
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_who_has_no_valid_token_is_refused(api: Api) -> None:
    """Missing, malformed, forged, expired and revoked tokens are 401 on every route."""
    claims = {"sub": "x", "role": "admin", "jti": "j", "exp": int(time.time()) - 10}
    for value in (
        "",
        "Bearer",
        "Basic abc",
        "Bearer a.b.c",
        "Bearer " + jwt.encode({**claims, "exp": 1 << 40}, "f" * 32, algorithm="HS256"),
        "Bearer " + jwt.encode(claims, "s" * 32, algorithm="HS256"),
        "Bearer " + jwt.encode({"sub": "x"}, "s" * 32, algorithm="HS256"),
        "Bearer " + jwt.encode({**claims, "exp": 1 << 40}, "", algorithm="none"),
    ):
        answer = api.call("GET", "/api/jobs", Authorization=value)
        assert_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_from_login_to_logout(api: Api) -> None:
    """me, refresh (which ends the old token) and logout (which ends the new one)."""
    assert api.call("GET", "/api/auth/me").get_json()["email"] == "someone@example.org"
    old = api.token
    api.token = api.call("POST", "/api/auth/refresh").get_json()["access_token"]
    assert_problem(api.call("GET", "/api/auth/me", Authorization=f"Bearer {old}"), 401)
    assert api.call("GET", "/api/auth/me").status_code == 200
    assert api.call("POST", "/api/auth/logout").status_code == 204
    assert_problem(api.call("GET", "/api/auth/me"), 401)


def test_guessing_passwords_is_slowed_down_per_account(make_app: Callable[..., SwarmApp]) -> None:
    """Failed logins are limited, for that account only, and good ones are not counted."""
    api = Api(make_app(SWARM_LOGIN_FAILURES_PER_MINUTE_MAX="3"))
    for _ in range(5):
        assert api.call("POST", "/api/auth/login", CREDENTIALS).status_code == 200
    wrong = {**CREDENTIALS, "password": "wrong"}
    for _ in range(3):
        assert_problem(api.call("POST", "/api/auth/login", wrong), 401)
    answer = api.call("POST", "/api/auth/login", CREDENTIALS)
    assert_problem(answer, 429)
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    other = {**CREDENTIALS, "email": "other@example.org"}
    assert_problem(api.call("POST", "/api/auth/login", other), 401)


def test_requests_are_limited_per_account(make_app: Callable[..., SwarmApp]) -> None:
    """Beyond the limit 429 with Retry-After; another account is not affected."""
    app = make_app(SWARM_REQUESTS_PER_MINUTE_MAX="5")
    api, other = Api(app), Api(app, {**CREDENTIALS, "email": "other@example.org"})
    answers = [api.call("GET", "/api/jobs") for _ in range(12)]
    limited = [answer for answer in answers if answer.status_code == 429]
    assert limited
    assert int(limited[0].headers["Retry-After"]) >= 1
    assert other.call("GET", "/api/jobs").status_code == 200


def test_active_jobs_are_limited_per_account(make_app: Callable[..., SwarmApp]) -> None:
    """One job too many is 429, and accepted once there is room."""
    api = Api(make_app(SWARM_ACTIVE_JOBS_MAX="1"))
    body = {"tasks": [{"name": "a", "type": "diagnostic.echo", "capabilities": ["upload"]}]}
    job_id = api.call("POST", "/api/jobs", body).get_json()["job_id"]
    answer = api.call("POST", "/api/jobs", body)
    assert_problem(answer, 429)
    assert int(answer.headers["Retry-After"]) >= 1
    assert api.call("POST", f"/api/jobs/{job_id}/cancel").status_code == 200
    assert api.call("POST", "/api/jobs", body).status_code == 202


def test_an_idempotency_key_makes_a_write_happen_once(api: Api) -> None:
    """A repeat gets the first result; the key with another request is a conflict."""
    body = {"tasks": [{"name": "a", "type": "diagnostic.echo", "capabilities": ["upload"]}]}
    first = api.call("POST", "/api/jobs", body, Idempotency_Key="k1")
    again = api.call("POST", "/api/jobs", body, Idempotency_Key="k1")
    assert first.get_json() == again.get_json()
    assert api.call("GET", "/api/jobs").get_json()["total"] == 1
    other = {**body, "name": "other"}
    assert_problem(api.call("POST", "/api/jobs", other, Idempotency_Key="k1"), 409)
    assert_problem(api.call("POST", "/api/jobs", body, Idempotency_Key="a b"), 400)
    session = api.call("POST", "/api/sessions", {}, Idempotency_Key="k2").get_json()
    assert api.call("POST", "/api/sessions", {}, Idempotency_Key="k2").get_json() == session
    path = f"/api/sessions/{session['id']}"
    for _ in range(2):
        assert api.call("DELETE", path, Idempotency_Key="k3").status_code == 204


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -1.5,
        1e300,
        12345678901234567890123,
        "",
        "12",
        "null",
        "\ud800 and \x00 and ü and 🧬",
        [],
        {},
        [[], {}, None],
        {"a": {"b": [1, "1", None, {"c": []}]}},
    ],
)
def test_context_values_come_back_as_they_went_in(api: Api, value: object) -> None:
    """JSON of any type, to the bit."""
    session = api.call("POST", "/api/sessions", {"metadata": {"v": value}}).get_json()
    assert session["metadata"] == {"v": value}
    path = f"/api/sessions/{session['id']}/context/some key"
    written = api.call("PUT", path, {"value": value, "version": 0})
    assert written.get_json() == {"key": "some key", "value": value, "version": 1}
    read = api.call("GET", path).get_json()["value"]
    assert read == value
    assert type(read) is type(value)


def test_a_context_conflict_tells_the_current_version(api: Api) -> None:
    """409, the version to read, and the value unchanged."""
    session = api.call("POST", "/api/sessions", {}).get_json()
    path = f"/api/sessions/{session['id']}/context/k"
    api.call("PUT", path, {"value": 1})
    document = assert_problem(api.call("PUT", path, {"value": 2, "version": 5}), 409)
    assert document["version"] == 1
    assert api.call("GET", path).get_json() == {"key": "k", "value": 1, "version": 1}
    listed = api.call("GET", f"/api/sessions/{session['id']}/context").get_json()
    assert listed["total"] == 1


def test_a_sessions_life(api: Api) -> None:
    """Create, list, update, refuse a stale update, end, delete."""
    session = api.call("POST", "/api/sessions", {"name": "n"}).get_json()
    path = f"/api/sessions/{session['id']}"
    assert session["status"] == "initializing"
    updated = api.call("PATCH", path, {"status": "active", "version": 1}).get_json()
    assert (updated["status"], updated["version"]) == ("active", 2)
    document = assert_problem(api.call("PATCH", path, {"name": "x", "version": 1}), 409)
    assert document["version"] == 2
    listed = api.call("GET", "/api/sessions?status=active").get_json()
    assert [found["id"] for found in listed["sessions"]] == [session["id"]]
    api.call("PATCH", path, {"status": "completed"})
    assert_problem(api.call("PATCH", path, {"status": "active"}), 409)
    assert api.call("DELETE", path).status_code == 204
    assert_problem(api.call("GET", path), 404)


def test_accounts_do_not_see_each_others_things(make_app: Callable[..., SwarmApp]) -> None:
    """Sessions and jobs of another account are 404: read, list, change, delete."""
    app = make_app()
    mine, other = Api(app), Api(app, {**CREDENTIALS, "email": "other@example.org"})
    session = mine.call("POST", "/api/sessions", {}).get_json()["id"]
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "x"}),
        ("DELETE", "", None),
        ("GET", "/context", None),
        ("PUT", "/context/k", {"value": 1}),
    ):
        answer = other.call(method, f"/api/sessions/{session}{path}", body)
        assert_problem(answer, 404)
    assert other.call("GET", "/api/sessions").get_json()["total"] == 0
    job = {"tasks": [{"name": "a", "type": "diagnostic.echo", "capabilities": ["upload"]}]}
    mine.call("POST", "/api/jobs", job)
    assert other.call("GET", "/api/events").get_json()["events"] == []
    assert mine.call("GET", "/api/events").get_json()["events"] != []
    assert mine.call("GET", f"/api/sessions/{session}").status_code == 200


@pytest.mark.parametrize(
    "name",
    ["../outside.fna", "/etc/passwd", "link.fna", "", ".", "none.fna", "a\0b", "x" * 5000],
)
def test_nothing_outside_the_workspace_can_be_named(api: Api, name: str) -> None:
    """Parent, absolute, link out, empty, directory, missing and impossible names are 400."""
    body = {"script": "genome_analysis", "parameters": {"fasta": name}}
    document = assert_problem(api.call("POST", "/api/scripts/execute", body), 400)
    assert document["errors"][0]["place"] == "parameters.fasta"


@pytest.mark.parametrize(
    ("parameters", "place"),
    [
        ({"fasta": 5}, "fasta"),
        ({"fasta": "small.fna", "colour": 1}, "colour"),
        ({"fasta": "small.fna", "shuffles": "many"}, "shuffles"),
        ({"fasta": "small.fna", "shuffles": True}, "shuffles"),
        ({"fasta": "small.fna", "shuffles": -1}, "shuffles"),
        ({"fasta": "small.fna", "genes": "feed.csv"}, "genes"),
        ({"fasta": "small.fna", "genes": "genes.json", "traits": ["flight"]}, "traits"),
        ({"fasta": "small.fna", "traits": ["growth"]}, "traits"),
        ({"fasta": "small.fna", "predict": True, "traits": ["growth"]}, "traits"),
        ({"fasta": "small.fna", "genes": "genes.json", "predict": True}, "predict"),
        ({"fasta": "small.fna", "window": 100}, "window"),
        ({"fasta": "small.fna", "window": 59}, "window"),
        ({"fasta": "small.fna", "parts": 65}, "parts"),
        ({"fasta": "small.fna", "profiles": "genes.json"}, "profiles"),
        ({"fasta": "small.fna", "predict": True, "profiles": "genes.json"}, "profiles"),
        ({}, "fasta"),
    ],
)
def test_wrong_parameters_are_named(api: Api, parameters: dict[str, Any], place: str) -> None:
    """The answer says which parameter and why."""
    body = {"script": "genome_analysis", "parameters": parameters}
    document = assert_problem(api.call("POST", "/api/scripts/execute", body), 400)
    assert f"parameters.{place}" in [error["place"] for error in document["errors"]]


def test_the_openapi_document_describes_every_route(
    make_app: Callable[..., SwarmApp],
) -> None:
    """Whatever Flask serves under /api is in the document, with its security."""
    app = make_app()
    paths = app.test_client().get("/api/openapi.json").get_json()["paths"]
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/") and rule.endpoint != "openapi.spec":
            path = rule.rule.replace("<", "{").replace(">", "}")
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                operation = paths[path][method.lower()]
                assert "422" not in operation["responses"]
    assert paths["/api/jobs"]["post"]["security"] == [{"bearer": []}]
    assert "security" not in paths["/api/auth/login"]["post"]


def test_passwords_are_hashed_slowly_but_not_too_slowly() -> None:
    """Argon2id, salted, at the cost OWASP names: a check takes some hundredths of a second."""
    stored = hash_password("secret word")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert stored != hash_password("secret word")
    assert password_matches("secret word", stored)
    assert not password_matches("secret word", None)
