"""kill -9 of an agent in the middle of a task."""

from typing import Any

import pytest

from gonogo.plugin import Expect, FaultDriver, LoadDriver, SystemUnderTest
from scenarios import genome
from scenarios.jobs import events, execute, result, wait_ended

AGENT = "agent-genomics"
SHUFFLES = 400_000

pytestmark = pytest.mark.phase("faults")


@pytest.mark.fault(label="agent-kill", selector=AGENT, window_s=1)
def test_kill_during_task(
    system: SystemUnderTest, expect: Expect, faults: FaultDriver, load: LoadDriver
) -> None:
    """The task is assigned again; its result is right and is recorded once."""
    client = system.user_http()
    parameters = {"fasta": genome.FASTA, "genes": genome.GENES, "shuffles": SHUFFLES}
    with load.background("agent-kill"):
        job = execute(client, expect, "genome_analysis", parameters)
        system.wait_for(
            "a long task is in progress", lambda: _running(client.get(f"/api/jobs/{job}").json),
            timeout_s=20,
        )  # fmt: skip
        with faults.armed("kill", label="agent-kill"):
            pass
        state = wait_ended(system, client, job, timeout_s=90)
        expect.equal("the job completes", state["status"], "completed")
        load.until_steady()
    found = result(client, expect, job)
    wanted = genome.expected(system.target.root / "data")
    for gene in found["genes"]:
        name = gene["gene"]
        expect.equal(f"codons of {name}", genome.present(gene), wanted.genes[name].codons)
    attempts = max(len(task["attempts"]) for task in state["tasks"])
    expect.true("a task was attempted again", attempts >= 2, observed=attempts)
    done = [
        event["data"]["task_id"]
        for event in events(client, expect, job=job)
        if event["type"] == "task_completed"
    ]
    expect.equal("as many completions as tasks", len(done), len(state["tasks"]))
    expect.equal("each task completed once", sorted(done), sorted(set(done)))


def _running(job: Any) -> bool:
    # A short task may have ended before the signal, and then no work is lost.
    return isinstance(job, dict) and any(
        task["state"] == "in_progress" and task["name"].startswith("analyse")
        for task in job.get("tasks", [])
    )
