"""The limit of failed logins under concurrent logins."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from swarm.api import routes_auth
from swarm.api.app import SwarmApp
from swarm.api.passwords import password_matches
from swarm_support import ANSWER_S

CREDENTIALS = {"email": "someone@example.org", "password": "long enough"}
LIMIT, AT_ONCE = 3, 8


@pytest.fixture
def app(make_app: Callable[..., SwarmApp]) -> SwarmApp:
    """An app with an account and a small limit."""
    made = make_app(SWARM_LOGIN_FAILURES_PER_MINUTE_MAX=str(LIMIT))
    assert made.test_client().post("/api/auth/register", json=CREDENTIALS).status_code == 201
    return made


def _log_in(app: SwarmApp, password: str) -> int:
    body = {**CREDENTIALS, "password": password}
    return app.test_client().post("/api/auth/login", json=body).status_code


def _hold(monkeypatch: pytest.MonkeyPatch, held: Callable[[str], object]) -> None:
    """Call ``held`` with each password before it is checked, after the limit was looked at."""

    def wait(password: str, stored: str | None) -> bool:
        held(password)
        return password_matches(password, stored)

    monkeypatch.setattr(routes_auth, "password_matches", wait)


@pytest.mark.parametrize(
    ("password", "statuses"),
    [("wrong", {401: LIMIT, 429: AT_ONCE - LIMIT}), (CREDENTIALS["password"], {200: AT_ONCE})],
    ids=["wrong", "right"],
)
def test_the_limit_holds_for_logins_at_the_same_moment(
    app: SwarmApp, monkeypatch: pytest.MonkeyPatch, password: str, statuses: dict[int, int]
) -> None:
    """Concurrent guesses get as many answers as sequential ones; good logins all succeed."""
    together = threading.Barrier(AT_ONCE)
    _hold(monkeypatch, lambda _: together.wait(ANSWER_S))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda _: _log_in(app, password), range(AT_ONCE)))
    assert Counter(found) == statuses


@pytest.mark.parametrize(("guesses", "status"), [(LIMIT - 1, 200), (LIMIT, 429)])
def test_a_right_password_counts_by_when_it_was_checked(
    app: SwarmApp, monkeypatch: pytest.MonkeyPatch, guesses: int, status: int
) -> None:
    """Guesses that finish after the limit was reached are refused without an answer."""
    checking, may_go = threading.Event(), threading.Event()

    def held(password: str) -> None:
        if password == CREDENTIALS["password"]:
            checking.set()
            assert may_go.wait(ANSWER_S)

    _hold(monkeypatch, held)
    with ThreadPoolExecutor(1) as pool:
        right = pool.submit(_log_in, app, CREDENTIALS["password"])
        assert checking.wait(ANSWER_S)
        assert [_log_in(app, "wrong") for _ in range(guesses)] == [401] * guesses
        may_go.set()
        assert right.result(ANSWER_S) == status
