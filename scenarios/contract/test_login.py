"""Login: who gets a token, and what those see who do not."""

import pytest

from harness.plugin import Expect, SystemUnderTest
from scenarios.problems import expect_problem

pytestmark = pytest.mark.phase("contract")


def test_login_and_me(system: SystemUnderTest, expect: Expect) -> None:
    """The test user logs in, and the token says who it is."""
    client = system.user_http()
    me = client.get("/api/auth/me")
    expect.equal("GET /api/auth/me answers 200", me.status, 200)
    user = system.target.user
    expect.equal("it names the user", me.json.get("email"), user and user.body["email"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"email": "gate@example.org", "password": "not the password"}, 401),
        ({"email": "nobody@example.org", "password": "longenough"}, 401),
        ({"email": "gate@example.org"}, 400),
        ({"email": "gate@example.org", "password": 7}, 400),
        ([], 400),
    ],
    ids=["wrong-password", "unknown-user", "no-password", "wrong-type", "not-an-object"],
)
def test_bad_login(system: SystemUnderTest, expect: Expect, body: object, status: int) -> None:
    """Wrong credentials are 401, a bad body 400; neither tells which users exist."""
    expect_problem(expect, system.http().post("/api/auth/login", json=body), status)


def test_malformed_json(system: SystemUnderTest, expect: Expect) -> None:
    """A body that is not JSON is a 400."""
    answer = system.http().post(
        "/api/auth/login", data=b'{"email": ', headers={"Content-Type": "application/json"}
    )
    expect_problem(expect, answer, 400)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_bad_token(system: SystemUnderTest, expect: Expect, token: str) -> None:
    """No token, a malformed one and an unsigned one are 401."""
    expect_problem(expect, system.http(token=token).get("/api/auth/me"), 401)


def test_logout_revokes(system: SystemUnderTest, expect: Expect) -> None:
    """After logout the same token is refused."""
    client = system.user_http()
    left = client.post("/api/auth/logout")
    expect.true("logout answers 2xx", 200 <= left.status < 300, observed=left.status)
    expect_problem(expect, client.get("/api/auth/me"), 401)


def test_register(system: SystemUnderTest, expect: Expect) -> None:
    """A new account can log in; registering it twice is a 409; a short password a 400."""
    account = {"email": f"{system.unique('user')}@example.org", "password": "a long password"}
    client = system.http()
    made = client.post("/api/auth/register", json=account)
    expect.equal("registering answers 201", made.status, 201)
    expect.equal(
        "the new account logs in", client.post("/api/auth/login", json=account).status, 200
    )
    expect_problem(expect, client.post("/api/auth/register", json=account), 409)
    short = {**account, "password": "short"}
    expect_problem(expect, client.post("/api/auth/register", json=short), 400)
