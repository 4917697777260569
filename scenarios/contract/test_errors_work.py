"""Errors of running work: script timeout, memory exhaustion, WebSocket loss."""

from typing import Any

import pytest

from gonogo.plugin import Expect, SystemUnderTest
from gonogo.probes import Http
from scenarios.error_contract import expect_no_internals, expect_once, expect_refused
from scenarios.jobs import events, wait_ended

END_S_MAX = 20.0
TIMEOUT_S = 0.2
ABILITY = "data_processing"
# Twice the limit of any task; the memory is allocated but never written.
TOO_MUCH_MIB = 65_536
TOLD = {"job_started", "job_stage", "progress_update", "job_log", "job_completed", "job_failed"}

pytestmark = pytest.mark.phase("contract")


def _task(kind: str, **parameters: Any) -> dict[str, Any]:
    return {
        "name": "drill",
        "type": f"diagnostic.{kind}",
        "parameters": parameters,
        "capabilities": [ABILITY],
    }


def _submit(system: SystemUnderTest, expect: Expect, client: Http, *tasks: dict[str, Any]) -> str:
    body = {"name": system.unique("drill"), "tasks": list(tasks)}
    key = system.unique("key")
    return str(expect_once(expect, client, "/api/jobs", body, key=key, status=202)["job_id"])


def _failed(
    system: SystemUnderTest, expect: Expect, client: Http, task: dict[str, Any]
) -> dict[str, Any]:
    """Run a job whose task fails, then one that succeeds; the failed task."""
    job = _submit(system, expect, client, {**task, "max_retries": 1})
    ended = wait_ended(system, client, job, timeout_s=END_S_MAX)
    expect.equal("the job fails", ended["status"], "failed")
    (failed,) = ended["tasks"]
    expect.equal("attempts of its task", len(failed["attempts"]), 2)
    expect_refused(expect, client.get(f"/api/jobs/{job}/result"), 409)
    shown = client.get(f"/api/jobs/{job}").body + client.get(f"/api/jobs/{job}/logs").body
    expect_no_internals(expect, "the job and its log", shown.decode())
    after = _submit(system, expect, client, _task("echo", value=job))
    well = wait_ended(system, client, after, timeout_s=END_S_MAX)
    expect.equal("the next job completes", well["status"], "completed")
    return dict(failed)


def test_script_timeout(system: SystemUnderTest, expect: Expect) -> None:
    """A task that takes too long is ended with an error that says so, and its job fails."""
    client = system.user_http()
    task = {**_task("wait", seconds=30), "timeout_s": TIMEOUT_S}
    failed = _failed(system, expect, client, task)
    told = f"it took longer than {TIMEOUT_S:g} s"
    attempts = [attempt["error"] for attempt in failed["attempts"]]
    expect.equal("each attempt timed out", attempts, [told, told])
    expect.equal("error of the task", failed["error"], told)


def test_task_out_of_memory(system: SystemUnderTest, expect: Expect) -> None:
    """A task above its memory limit fails with an error that says so; its agent keeps running."""
    client = system.user_http()
    before = _agents(client)
    failed = _failed(system, expect, client, _task("allocate", mib=TOO_MUCH_MIB))
    told = "memory" in str(failed["error"])
    expect.true("the error names memory", told, observed=failed["error"])
    expect.equal("no agent was restarted", _agents(client), before)


def _agents(client: Http) -> dict[str, str]:
    """The time of registration of each agent."""
    listed = client.get("/api/agents").json["agents"]
    return {agent["id"]: agent["registered_at"] for agent in listed}


def test_websocket_loss(system: SystemUnderTest, expect: Expect) -> None:
    """A new socket goes on after the last event of a lost one: none is missing or repeated."""
    client = system.user_http()
    query = f"?token={system.login()}"
    job = _submit(system, expect, client, _task("wait", seconds=1.0))
    first = system.websocket(query)
    first.send({"type": "subscribe", "job_id": job, "last_event_id": "0"})
    seen = first.until("job.progress", timeout_s=END_S_MAX)
    expect.true("progress is told", seen is not None, observed=first.messages)
    first.close()  # the connection ends without an unsubscribe
    wait_ended(system, client, job, timeout_s=END_S_MAX)
    last = _ids(first.messages, job)[-1]
    with system.websocket(query) as second:
        second.send({"type": "subscribe", "job_id": job, "last_event_id": last})
        done = second.until("job.completed", timeout_s=END_S_MAX)
        expect.true("the end is told", done is not None, observed=second.messages)
    told = _ids(first.messages, job) + _ids(second.messages, job)
    happened = [each["id"] for each in events(client, expect, job=job) if each["type"] in TOLD]
    expect.true("something was missed", len(_ids(second.messages, job)) > 0, observed=told)
    expect.equal("both sockets together got each event once, in order", told, happened)


def _ids(messages: list[Any], job: str) -> list[str]:
    mine = (each for each in messages if isinstance(each, dict) and each.get("job_id") == job)
    return [each["event_id"] for each in mine if "event_id" in each]
