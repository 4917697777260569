"""Successful logins; refused ones are in test_errors_credentials."""

import pytest

from gonogo.plugin import Expect, SystemUnderTest
from scenarios.problems import expect_problem

pytestmark = pytest.mark.phase("contract")


def test_login_and_me(system: SystemUnderTest, expect: Expect) -> None:
    """The test user logs in, and the token identifies it."""
    client = system.user_http()
    me = client.get("/api/auth/me")
    expect.equal("GET /api/auth/me answers 200", me.status, 200)
    user = system.target.user
    expect.equal("it names the user", me.json.get("email"), user and user.body["email"])


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
