"""What swarm promises about every error, whatever went wrong and whoever asks.

The right status, in bounded time, as a problem document without internals, with what the client
needs to go on: ``Retry-After`` where trying again helps, ``WWW-Authenticate`` where a token does.
"""

import re
from collections.abc import Sequence
from typing import Any

from gonogo.plugin import Expect, SystemUnderTest
from gonogo.probes import Answer, Http
from scenarios.problems import LEAKS, expect_problem

ANSWER_S_MAX = 2.5  # the promise is 2 s; half a second is ours for sending and reading
LATER = (429, 503)  # trying again helps
RETRY_AFTER_S_MAX = 60
PASSWORD = "a long password"
# Where something lies on a machine; the api's own routes are no secret.
_PATH = re.compile(r"(?<![\w.:/-])/(?!api/)[\w.-]+(?:/[\w.-]+)+")


def expect_refused(
    expect: Expect,
    answer: Answer,
    status: int,
    *,
    within_s: float = ANSWER_S_MAX,
    sent: Sequence[str] = (),
) -> None:
    """The answer keeps the contract of a refusal with this status.

    Args:
        expect: of the scenario.
        answer: to look at.
        status: the one that is right.
        within_s: limit of the whole exchange.
        sent: paths in our own request, which the answer may repeat.
    """
    expect_problem(expect, answer, status)
    expect.at_most("response time in seconds", answer.elapsed_s, within_s)
    expect_no_internals(expect, "the refusal", answer.body.decode(errors="replace"), sent=sent)
    if status in LATER:
        wait = answer.header("Retry-After")
        said = wait.isdecimal() and 1 <= int(wait) <= RETRY_AFTER_S_MAX
        expect.true("it says when to come back", said, observed=wait)
    if status == 401:
        scheme = answer.header("WWW-Authenticate")
        expect.equal("it says how to authenticate", scheme.partition(" ")[0], "Bearer")


def expect_no_internals(expect: Expect, what: str, text: str, *, sent: Sequence[str] = ()) -> None:
    """No stack trace in it, and no path of the machine it comes from."""
    expect.equal(f"{what} shows no internals", internals(text, sent=sent), [])


def internals(text: str, *, sent: Sequence[str] = ()) -> list[str]:
    """Stack traces and paths in a text, but for those we sent ourselves."""
    for own in sent:
        text = text.replace(own, "")
    traces = [leak.decode() for leak in LEAKS if leak.decode() in text]
    return traces + _PATH.findall(text)


def expect_served(expect: Expect, client: Http) -> None:
    """The same client is served as if nothing had been."""
    me = client.get("/api/auth/me")
    expect.equal("the same client goes on", me.status, 200)
    named = me.json.get("email") if isinstance(me.json, dict) else None
    expect.true("as who it was", bool(named), observed=me.json)
    expect.at_most("response time in seconds", me.elapsed_s, ANSWER_S_MAX)


def expect_once(
    expect: Expect, client: Http, path: str, body: dict[str, Any], *, key: str, status: int
) -> Any:
    """A write and its repeat with the same Idempotency-Key have one effect; the answer's body."""
    headers = {"Idempotency-Key": key}
    first = client.post(path, json=body, headers=headers)
    again = client.post(path, json=body, headers=headers)
    expect.equal("the write and its repeat", (first.status, again.status), (status, status))
    named = isinstance(first.json, dict) and bool(first.json)
    expect.true("name something", named, observed=first.body)
    expect.equal("and name the same thing", again.json, first.json)
    return first.json


def new_account(system: SystemUnderTest, expect: Expect) -> tuple[dict[str, str], Http]:
    """An account of the scenario's own: its credentials, and a client logged in as it."""
    account = {"email": f"{system.unique('error')}@example.org", "password": PASSWORD}
    anonymous = system.http()
    made = anonymous.post("/api/auth/register", json=account)
    expect.equal("registering answers 201", made.status, 201)
    told = anonymous.post("/api/auth/login", json=account).json
    token = told.get("access_token") if isinstance(told, dict) else None
    expect.true("the account logs in", bool(token), observed=sorted(told or ()))
    return account, system.http(token=str(token))


def total(expect: Expect, client: Http, path: str) -> int:
    """How many things a list has for this client."""
    answer = client.get(f"{path}?per_page=1")
    expect.equal(f"GET {path} answers 200", answer.status, 200)
    found = answer.json.get("total") if isinstance(answer.json, dict) else None
    expect.true(f"GET {path} counts", isinstance(found, int), observed=answer.body)
    return int(found or 0)
