"""A service is short of memory: its answers are right, and a retry has one effect."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from gonogo.plugin import Expect, FaultDriver, LoadDriver, SystemUnderTest
from gonogo.probes import Answer, Http
from scenarios.error_contract import (
    expect_once,
    expect_refused,
    expect_served,
    new_account,
    total,
)
from scenarios.jobs import expect_jobs_run

SHORT_S = 5.0
CLIENTS = 8
NOTE_BYTES = 900_000  # just below the limit of a body, so that each request needs memory
HEADROOM_MIB = 16  # less than these requests need together
# The fault sets the limit above what the service holds when it is armed. Then requests must need
# more memory within five seconds, which is the time it has to bite.
QUIET_S = 1.5
SESSIONS = "/api/sessions"

pytestmark = [pytest.mark.phase("faults"), pytest.mark.profile("chaos")]


@pytest.mark.fault(label="memory-short", selector="api", window_s=SHORT_S)
def test_service_out_of_memory(
    system: SystemUnderTest, expect: Expect, faults: FaultDriver, load: LoadDriver
) -> None:
    """During the fault, large requests are done once or not at all; after it, each one is done."""
    account, client = new_account(system, expect)
    token = system.http().post("/api/auth/login", json=account).json["access_token"]
    clients = [system.http(token=token) for _ in range(CLIENTS)]
    keys = [system.unique("short") for _ in range(CLIENTS)]
    enough = Event()
    with load.background("memory-short"), ThreadPoolExecutor(CLIENTS) as pool:
        floods = [
            pool.submit(_insist, each, key, enough) for each, key in zip(clients, keys, strict=True)
        ]
        try:
            with faults.armed(
                "memory", label="memory-short", duration_s=SHORT_S, headroom_mib=HEADROOM_MIB
            ):
                pass
        finally:
            enough.set()
        answers = [each for flood in floods for each in flood.result()]
        load.until_steady()
        expect_jobs_run(system, system.user_http(), expect)
    _expect_none_wrong(expect, answers)
    for key in keys:
        expect_once(expect, client, SESSIONS, _session(key), key=key, status=201)
    expect.equal("each write has one effect", total(expect, client, SESSIONS), len(keys))
    expect_served(expect, client)


def _session(key: str) -> dict[str, Any]:
    return {"name": key, "metadata": {"note": "x" * NOTE_BYTES}}


def _insist(client: Http, key: str, enough: Event) -> list[Answer]:
    """Repeat the same write until ``enough`` is set; every answer."""
    headers = {"Idempotency-Key": key}
    seen: list[Answer] = []
    enough.wait(QUIET_S)
    while not enough.is_set():
        seen.append(client.post(SESSIONS, json=_session(key), headers=headers))
    return seen


def _expect_none_wrong(expect: Expect, answers: list[Answer]) -> None:
    """Expect each answer to be a success or an error by the contract; no answer is allowed too."""
    answered = [each for each in answers if each.status]
    done = [each for each in answered if each.status == 201]
    wrong = [each for each in done if not (isinstance(each.json, dict) and each.json.get("id"))]
    expect.equal("answers with 201 that do not name the session", len(wrong), 0)
    for each in answered:
        if each.status != 201:
            expect_refused(expect, each, 503)
