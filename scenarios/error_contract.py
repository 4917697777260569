"""The contract for every error answer of swarm, for every cause and every client.

The right status, in bounded time, as a problem document without internals. ``Retry-After`` where a
retry helps, ``WWW-Authenticate`` where a token is needed.
"""

import re
from collections.abc import Sequence
from typing import Any

from gonogo.plugin import Expect, SystemUnderTest
from gonogo.probes import Answer, Http
from scenarios.problems import LEAKS, expect_problem

ANSWER_S_MAX = 2.5  # the contract says 2 s; half a second is for sending and reading
LATER = (429, 503)  # a retry helps
RETRY_AFTER_S_MAX = 60
PASSWORD = "a long password"
# A path of a machine; the routes of the api are not secret.
_PATH = re.compile(r"(?<![\w.:/-])/(?!api/)[\w.-]+(?:/[\w.-]+)+")


def expect_refused(
    expect: Expect,
    answer: Answer,
    status: int,
    *,
    within_s: float = ANSWER_S_MAX,
    sent: Sequence[str] = (),
) -> None:
    """Expect an answer that keeps the contract for this error status.

    Args:
        expect: of the scenario.
        answer: the answer.
        status: the right status.
        within_s: limit of the whole exchange.
        sent: paths in the request, which the answer may repeat.
    """
    expect_problem(expect, answer, status)
    expect.at_most("response time in seconds", answer.elapsed_s, within_s)
    expect_no_internals(expect, "the refusal", answer.body.decode(errors="replace"), sent=sent)
    if status in LATER:
        wait = answer.header("Retry-After")
        said = wait.isdecimal() and 1 <= int(wait) <= RETRY_AFTER_S_MAX
        expect.true("Retry-After says when to retry", said, observed=wait)
    if status == 401:
        scheme = answer.header("WWW-Authenticate")
        expect.equal(
            "WWW-Authenticate says how to authenticate", scheme.partition(" ")[0], "Bearer"
        )


def expect_no_internals(expect: Expect, what: str, text: str, *, sent: Sequence[str] = ()) -> None:
    """Expect a text without a stack trace and without a path of the machine."""
    expect.equal(f"{what} shows no internals", internals(text, sent=sent), [])


def internals(text: str, *, sent: Sequence[str] = ()) -> list[str]:
    """The stack traces and paths in a text, except for those that were sent."""
    for own in sent:
        text = text.replace(own, "")
    traces = [leak.decode() for leak in LEAKS if leak.decode() in text]
    return traces + _PATH.findall(text)


def expect_served(expect: Expect, client: Http) -> None:
    """Expect the same client to be served as usual."""
    me = client.get("/api/auth/me")
    expect.equal("the same client is served", me.status, 200)
    named = me.json.get("email") if isinstance(me.json, dict) else None
    expect.true("as the same user", bool(named), observed=me.json)
    expect.at_most("response time in seconds", me.elapsed_s, ANSWER_S_MAX)


def expect_once(
    expect: Expect, client: Http, path: str, body: dict[str, Any], *, key: str, status: int
) -> Any:
    """Expect one effect of a write and its repeat with the same key; the body of the answer."""
    headers = {"Idempotency-Key": key}
    first = client.post(path, json=body, headers=headers)
    again = client.post(path, json=body, headers=headers)
    expect.equal(
        "statuses of the write and of its repeat", (first.status, again.status), (status, status)
    )
    named = isinstance(first.json, dict) and bool(first.json)
    expect.true("the answer names what was made", named, observed=first.body)
    expect.equal("the repeat names the same", again.json, first.json)
    return first.json


def new_account(system: SystemUnderTest, expect: Expect) -> tuple[dict[str, str], Http]:
    """A new account for this scenario: its credentials, and a client that is logged in."""
    account = {"email": f"{system.unique('error')}@example.org", "password": PASSWORD}
    anonymous = system.http()
    made = anonymous.post("/api/auth/register", json=account)
    expect.equal("registering answers 201", made.status, 201)
    told = anonymous.post("/api/auth/login", json=account).json
    token = told.get("access_token") if isinstance(told, dict) else None
    expect.true("the account logs in", bool(token), observed=sorted(told or ()))
    return account, system.http(token=str(token))


def total(expect: Expect, client: Http, path: str) -> int:
    """The length of a list as this client sees it."""
    answer = client.get(f"{path}?per_page=1")
    expect.equal(f"GET {path} answers 200", answer.status, 200)
    found = answer.json.get("total") if isinstance(answer.json, dict) else None
    expect.true(f"GET {path} counts", isinstance(found, int), observed=answer.body)
    return int(found or 0)
