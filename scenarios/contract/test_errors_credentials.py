"""Errors of authentication: invalid credentials, unauthorized access, expired sessions."""

import base64
import hmac
import json
import time
from hashlib import sha256
from typing import Any

import pytest

from gonogo.plugin import Expect, SystemUnderTest
from scenarios.error_contract import expect_refused, expect_served, new_account, total

LOGIN = "/api/auth/login"
ME = "/api/auth/me"
FAILURES_MAX = 10  # in a minute, for one account
GUARDED = [
    ("GET", "/api/auth/me"),
    ("GET", "/api/scripts"),
    ("POST", "/api/scripts/execute"),
    ("GET", "/api/jobs"),
    ("POST", "/api/jobs"),
    ("GET", "/api/jobs/none"),
    ("POST", "/api/sessions"),
    ("GET", "/api/sessions"),
    ("POST", "/api/sync/trigger"),
    ("GET", "/api/sync/history"),
    ("GET", "/api/agents"),
    ("GET", "/api/events"),
]

pytestmark = pytest.mark.phase("contract")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"email": "{known}", "password": "not the password"}, 401),
        ({"email": "nobody@example.org", "password": "longenough"}, 401),
        ({"email": "{known}"}, 400),
        ({"email": "{known}", "password": 7}, 400),
        ([], 400),
    ],
    ids=["wrong-password", "unknown-user", "no-password", "wrong-type", "not-an-object"],
)
def test_bad_login(system: SystemUnderTest, expect: Expect, body: Any, status: int) -> None:
    """Wrong credentials are 401, a bad body 400."""
    user = system.target.user
    if isinstance(body, dict) and user is not None:
        body = {**body, "email": body["email"].format(known=user.body["email"])}
    expect_refused(expect, system.http().post(LOGIN, json=body), status)


@pytest.mark.profile("default", "chaos")
def test_too_many_bad_logins(system: SystemUnderTest, expect: Expect) -> None:
    """An unknown user gets the same answer, guessing ends in 429, and other accounts can log in."""
    account, _ = new_account(system, expect)
    client = system.http()
    wrong = client.post(LOGIN, json={**account, "password": "not the password"})
    expect_refused(expect, wrong, 401)
    nobody = {**account, "email": f"{system.unique('nobody')}@example.org"}
    unknown = client.post(LOGIN, json=nobody)
    expect.equal(
        "an unknown user and a wrong password get the same answer", unknown.body, wrong.body
    )
    for _ in range(FAILURES_MAX - 1):
        client.post(LOGIN, json={**account, "password": "not the password"})
    expect_refused(expect, client.post(LOGIN, json=account), 429)
    expect_served(expect, system.user_http())


@pytest.mark.parametrize(("method", "path"), GUARDED, ids=[f"{m} {p}" for m, p in GUARDED])
def test_guarded(system: SystemUnderTest, expect: Expect, method: str, path: str) -> None:
    """Without a token every route but login and health is a 401."""
    expect_refused(expect, system.http().request(method, path, json={}), 401)


def test_strangers(system: SystemUnderTest, expect: Expect) -> None:
    """A session of another account is a 404: it cannot be read, changed or deleted."""
    owner = system.user_http()
    made = owner.post("/api/sessions", json={"name": system.unique("mine")})
    expect.equal("a session is made", made.status, 201)
    path = f"/api/sessions/{made.json['id']}"
    _, stranger = new_account(system, expect)
    for method, at, body in (
        ("GET", path, None),
        ("PATCH", path, {"name": "theirs"}),
        ("PUT", f"{path}/context/key", {"value": 1}),
        ("DELETE", path, None),
    ):
        expect_refused(expect, stranger.request(method, at, json=body), 404)
    expect.equal("a stranger's list is empty", total(expect, stranger, "/api/sessions"), 0)
    expect.equal("the session is unchanged", owner.get(path).json, made.json)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_bad_token(system: SystemUnderTest, expect: Expect, token: str) -> None:
    """No token, a malformed one and an empty unsigned one are 401."""
    expect_refused(expect, system.http(token=token).get(ME), 401)


def test_expired_and_forged_tokens(system: SystemUnderTest, expect: Expect) -> None:
    """A token that differs from a valid one in one property is refused; the valid one is not."""
    secret = system.target.secret_values["SWARM_JWT_SECRET"]
    good = system.login()
    head, payload, signature = good.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    now_s = int(time.time())
    later, expired = {**claims, "exp": now_s + 60}, {**claims, "exp": now_s - 1}
    # The control: a valid token made the same way is accepted, so the others fail for their defect.
    expect_served(expect, system.http(token=_token(later, secret)))
    bad = {
        "expired": _token(expired, secret),
        "another key": _token(later, "x" * len(secret)),
        "unsigned": _token(later, None),
        "no expiry": _token({k: v for k, v in claims.items() if k != "exp"}, secret),
        "changed": ".".join((head, _part({**claims, "role": "user"}), signature)),
    }
    for what, token in bad.items():
        expect.true(f"the token is another: {what}", token != good)
        expect_refused(expect, system.http(token=token).get(ME), 401)
        with system.websocket(f"?token={token}") as socket:
            expect.equal(f"the socket is closed: {what}", socket.until_closed(5), 4401)
    expect_served(expect, system.http(token=good))


def test_logout_revokes(system: SystemUnderTest, expect: Expect) -> None:
    """After logout the same token is refused, and a new login is served."""
    client = system.user_http()
    left = client.post("/api/auth/logout")
    expect.equal("logout answers 204", left.status, 204)
    expect_refused(expect, client.get(ME), 401)
    expect_served(expect, system.user_http())


def test_expired_session(system: SystemUnderTest, expect: Expect) -> None:
    """After its TTL a session and its context are a 404, for reads and writes."""
    client = system.user_http()
    made = client.post("/api/sessions", json={"name": system.unique("short"), "ttl_s": 0.5})
    expect.equal("a session is made", made.status, 201)
    path = f"/api/sessions/{made.json['id']}"
    system.wait_for("it expires", lambda: client.get(path).status == 404, timeout_s=5)
    for method, at in (("GET", path), ("PUT", f"{path}/context/key")):
        body = {"value": 1} if method == "PUT" else None
        expect_refused(expect, client.request(method, at, json=body), 404)
    expect_served(expect, client)


def _token(claims: dict[str, Any], secret: str | None) -> str:
    """A JWT with these claims, signed with HS256, or not at all."""
    kind = "none" if secret is None else "HS256"
    text = ".".join((_part({"alg": kind, "typ": "JWT"}), _part(claims)))
    if secret is None:
        return f"{text}."
    return f"{text}.{_coded(hmac.digest(secret.encode(), text.encode(), sha256))}"


def _part(value: object) -> str:
    return _coded(json.dumps(value).encode())


def _coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
