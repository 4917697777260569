"""The orchestrator is down: work that needs agents only goes on, other work waits for it."""

from typing import Any

import pytest

from gonogo.plugin import Expect, FaultDriver, LoadDriver, SystemUnderTest
from scenarios.error_contract import expect_once, expect_refused, expect_served
from scenarios.jobs import JOB_S_MAX, wait_ended

DOWN_S = 5.0

pytestmark = [pytest.mark.phase("faults"), pytest.mark.profile("default", "chaos")]


@pytest.mark.fault(label="orchestrator-down", selector="orchestrator", window_s=DOWN_S)
def test_orchestrator_down(
    system: SystemUnderTest, expect: Expect, faults: FaultDriver, load: LoadDriver
) -> None:
    """Jobs are accepted and completed during the fault; a retry waits, and is then done once."""
    client = system.user_http()
    drill = {"name": "drill", "capabilities": ["data_processing"]}
    plain = {**drill, "type": "diagnostic.echo", "parameters": {"value": 1}}
    failing = {**drill, "type": "diagnostic.fail", "max_retries": 1}
    with load.background("orchestrator-down"):
        with faults.armed("pause", label="orchestrator-down", duration_s=DOWN_S):
            jobs = [
                expect_once(
                    expect, client, "/api/jobs", {"name": "drill", "tasks": [task]},
                    key=system.unique("key"), status=202,
                )["job_id"]
                for task in (plain, failing)
            ]  # fmt: skip
            done = wait_ended(system, client, jobs[0], timeout_s=DOWN_S)
            expect.equal("a job that needs no retry completes", done["status"], "completed")
            waiting = system.wait_for(
                "the other one is tried", lambda: _tried(client.get(f"/api/jobs/{jobs[1]}").json),
                timeout_s=DOWN_S,
            )  # fmt: skip
            expect.equal("a job that needs a retry is not given up", waiting["status"], "running")
            expect_refused(expect, client.get(f"/api/jobs/{jobs[1]}/result"), 409)
        ended = wait_ended(system, client, jobs[1], timeout_s=JOB_S_MAX)
        load.until_steady()
    expect.equal("attempts of its task", len(ended["tasks"][0]["attempts"]), 2)
    expect.equal("it fails, as its task always does", ended["status"], "failed")
    expect_served(expect, client)


def _tried(job: Any) -> dict[str, Any] | None:
    attempted = isinstance(job, dict) and any(task["attempts"] for task in job.get("tasks", []))
    return job if attempted else None
