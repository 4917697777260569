"""Overload by concurrent requests: refused by the contract, and no request half done."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gonogo.plugin import Expect, SystemUnderTest
from gonogo.probes import Answer, Http
from scenarios.error_contract import (
    ANSWER_S_MAX,
    LATER,
    expect_once,
    expect_refused,
    expect_served,
    new_account,
    total,
)

CLIENTS = 32  # at once
READS = 5  # each
ACTIVE_JOBS_MAX = 200  # an account's
SUBMISSIONS = ACTIVE_JOBS_MAX + 60
LISTED_MAX = 100  # jobs on a page
WAIT_S = 5.0  # the scenario does not wait for these jobs
JOBS = "/api/jobs"

pytestmark = [pytest.mark.phase("contract"), pytest.mark.profile("default", "chaos")]


def _job(key: str) -> dict[str, Any]:
    """A job of the lowest priority: accepted ones stay queued behind those of other scenarios."""
    task = {
        "name": "drill",
        "type": "diagnostic.wait",
        "parameters": {"seconds": WAIT_S},
        "capabilities": ["shopify_api"],
        "priority": 0,
    }
    return {"name": key, "tasks": [task]}


def test_overload(system: SystemUnderTest, expect: Expect) -> None:
    """Every request is done or refused with Retry-After; a refused one is done later."""
    account, client = new_account(system, expect)
    token = system.http().post("/api/auth/login", json=account).json["access_token"]
    clients = [system.http(token=token) for _ in range(CLIENTS)]
    reads = _at_once(clients, lambda each, _: each.get(JOBS), range(CLIENTS * READS))
    _expect_orderly(expect, reads, 200)
    expect.true("reads list jobs", all("jobs" in each.json for each in reads if each.status == 200))
    keys = [system.unique("flood") for _ in range(SUBMISSIONS)]
    try:
        answers = dict(zip(keys, _at_once(clients, _submit, keys), strict=True))
        _expect_orderly(expect, answers.values(), 202)
        accepted = [key for key in keys if answers[key].status == 202]
        refused = [key for key in keys if answers[key].status in LATER]
        expect.true("some had to be refused", bool(refused), observed=len(accepted))
        expect.equal(
            "the accepted jobs and no others are listed", total(expect, client, JOBS), len(accepted)
        )
        again = _submit(client, accepted[0])
        expect.equal("a repeat names the same job", again.json, answers[accepted[0]].json)
    finally:
        _cancel_all(clients)
    expect_once(expect, client, JOBS, _job(refused[0]), key=refused[0], status=202)
    expect.equal(
        "the refused job is added by its retry", total(expect, client, JOBS), len(accepted) + 1
    )
    _cancel_all(clients)
    expect_served(expect, client)


def _submit(client: Http, key: str) -> Answer:
    return client.post(JOBS, json=_job(key), headers={"Idempotency-Key": key})


def _at_once(
    clients: list[Http], send: Callable[[Http, Any], Answer], items: Iterable[Any]
) -> list[Answer]:
    """Send a request for each item, by all clients at once; the answers in the order of items."""
    listed = list(items)

    def share(number: int) -> list[Answer]:
        return [send(clients[number], item) for item in listed[number :: len(clients)]]

    with ThreadPoolExecutor(len(clients)) as pool:
        shares = list(pool.map(share, range(len(clients))))
    return [shares[at % len(clients)][at // len(clients)] for at in range(len(listed))]


def _expect_orderly(expect: Expect, answers: Iterable[Answer], status: int) -> None:
    """Expect of each an answer in bounded time: done, or refused by the contract."""
    found = list(answers)
    others = [each for each in found if each.status != status]
    slowest_s = max(each.elapsed_s for each in found)
    expect.at_most("slowest answer in seconds", slowest_s, ANSWER_S_MAX)
    kinds = {each.status or each.outcome.name for each in others}
    expect.true("statuses of the requests that were not done", kinds <= set(LATER), observed=kinds)
    for kind in LATER:
        for each in [each for each in others if each.status == kind][:1]:
            expect_refused(expect, each, kind)
    silent = [each for each in others if not each.header("Retry-After")]
    expect.equal("refusals without Retry-After", len(silent), 0)


def _cancel_all(clients: list[Http]) -> None:
    """Cancel every job of the account that has not ended, so that other scenarios get the agent."""
    for state in ("queued", "running"):
        while jobs := _listed(clients[0], state):
            paths = [f"{JOBS}/{each['id']}/cancel" for each in jobs]
            _at_once(clients, lambda client, path: client.post(path), paths)


def _listed(client: Http, state: str) -> list[dict[str, Any]]:
    answer = client.get(f"{JOBS}?status={state}&per_page={LISTED_MAX}")
    return list(answer.json.get("jobs", [])) if isinstance(answer.json, dict) else []
