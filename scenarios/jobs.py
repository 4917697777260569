"""Starts jobs and waits for their end."""

from typing import Any

from gonogo.plugin import Expect, SystemUnderTest
from gonogo.probes import Http
from scenarios.genome import FASTA, GENES

JOB_S_MAX = 30.0  # the recovery time that the objectives allow
ENDED = {"completed", "failed", "cancelled"}


def execute(client: Http, expect: Expect, script: str, parameters: dict[str, Any]) -> str:
    """Start a script; its job id."""
    body = {"script": script, "parameters": parameters}
    started = client.post("/api/scripts/execute", json=body)
    expect.equal(f"{script} is accepted", started.status, 202)
    return str(started.json["job_id"])


def wait_ended(
    system: SystemUnderTest, client: Http, job: str, *, timeout_s: float
) -> dict[str, Any]:
    """Wait until a job has ended; the job. A request that fails is repeated."""

    def ended() -> dict[str, Any] | None:
        state = client.get(f"/api/jobs/{job}").json
        return state if isinstance(state, dict) and state.get("status") in ENDED else None

    return system.wait_for(f"job {job} ends", ended, timeout_s=timeout_s)


def in_the_middle(job: Any) -> bool:
    """Whether a task of a job, as the API returns it, is running and far from its end."""
    return isinstance(job, dict) and any(
        0.1 < task["progress"] < 0.8 for task in job.get("tasks", [])
    )


def result(client: Http, expect: Expect, job: str) -> dict[str, Any]:
    """The result of a completed job."""
    answer = client.get(f"/api/jobs/{job}/result")
    expect.equal("the result answers 200", answer.status, 200)
    found: dict[str, Any] = answer.json["result"]
    return found


def events(client: Http, expect: Expect, *, job: str = "") -> list[dict[str, Any]]:
    """Every event, read page by page; with ``job`` only the events of that job."""
    found: list[dict[str, Any]] = []
    after, more = "0", True
    while more:
        page = client.get(f"/api/events?after={after}&limit=500")
        expect.equal("a page of events answers 200", page.status, 200)
        found += page.json["events"]
        after, more = page.json["next_after"], page.json["more"]
    return [event for event in found if not job or event["data"].get("job_id") == job]


def expect_jobs_run(system: SystemUnderTest, client: Http, expect: Expect) -> None:
    """Expect one job for each agent to complete: answered requests do not prove that jobs run."""
    scripts: dict[str, dict[str, Any]] = {
        "filter_products": {"input_file": "feed.csv"},
        "genome_analysis": {"fasta": FASTA, "genes": GENES},
    }
    for script, parameters in scripts.items():
        job = execute(client, expect, script, parameters)
        state = wait_ended(system, client, job, timeout_s=JOB_S_MAX)
        expect.equal(f"a {script} job completes", state["status"], "completed")
