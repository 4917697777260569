"""The connection of the API to Redis is cut or slow; those of other services are not."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from gonogo.plugin import Expect, FaultDriver, LoadDriver, SystemUnderTest
from scenarios import genome
from scenarios.error_contract import (
    expect_once,
    expect_refused,
    expect_served,
    new_account,
    total,
)
from scenarios.jobs import JOB_S_MAX, execute, expect_jobs_run, wait_ended

EDGE = "api->redis"
CUT_S = 3.0
SLOW_S = 4.0
LATENCY_MS = 100
LOOKS = 5
LINKS, LINK_S = 20, 0.25

pytestmark = [pytest.mark.phase("faults"), pytest.mark.profile("default", "chaos")]


@pytest.mark.fault(label="redis-cut", selector=EDGE, window_s=CUT_S)
def test_cut(
    system: SystemUnderTest, expect: Expect, faults: FaultDriver, load: LoadDriver
) -> None:
    """The API answers 503 in bounded time, and jobs that run without the API go on."""
    client = system.user_http()
    _, own = new_account(system, expect)
    body, key = {"name": system.unique("retried")}, system.unique("key")
    with load.background("redis-cut"):
        jobs = [
            execute(
                client, expect, "genome_analysis", {"fasta": genome.FASTA, "genes": genome.GENES}
            ),
            execute(client, expect, "filter_products", {"input_file": "feed.csv"}),
            expect_once(
                expect, client, "/api/jobs", {"name": "chain", "tasks": _chain()},
                key=system.unique("key"), status=202,
            )["job_id"],
        ]  # fmt: skip
        with faults.armed("cut", label="redis-cut", duration_s=CUT_S):
            cut_at = datetime.now(UTC)
            answer = client.get("/api/jobs")
            expect_refused(expect, answer, 503)
            write = own.post("/api/sessions", json=body, headers={"Idempotency-Key": key})
            expect_refused(expect, write, 503)
            expect.equal("liveness does not need Redis", client.get("/api/health").status, 200)
        healed_at = datetime.now(UTC)
        ended = [wait_ended(system, client, job, timeout_s=JOB_S_MAX) for job in jobs]
        expect.equal(
            "the jobs complete", [each["status"] for each in ended], ["completed"] * len(jobs)
        )
        load.until_steady()
        expect_jobs_run(system, client, expect)
    moved = [each for each in _task_times(ended) if cut_at < each < healed_at]
    expect.true("tasks began or ended while the API was cut off", bool(moved), observed=len(moved))
    expect_once(expect, own, "/api/sessions", body, key=key, status=201)
    expect.equal("all attempts made one session", total(expect, own, "/api/sessions"), 1)
    expect_served(expect, client)


def _chain() -> list[dict[str, Any]]:
    """A chain of short tasks that takes longer than cutting the edge."""
    task: dict[str, Any] = {
        "type": "diagnostic.wait",
        "parameters": {"seconds": LINK_S},
        "capabilities": ["data_processing"],
    }
    links = [{**task, "name": f"link-{number}"} for number in range(LINKS)]
    for before, link in pairwise(links):
        link["dependencies"] = [before["name"]]
    return links


def _task_times(jobs: list[dict[str, Any]]) -> list[datetime]:
    times = [
        task[key] for job in jobs for task in job["tasks"] for key in ("started_at", "finished_at")
    ]
    return [datetime.fromisoformat(each) for each in times if each]


@pytest.mark.fault(label="redis-slow", selector=EDGE, window_s=SLOW_S)
def test_slow(
    system: SystemUnderTest, expect: Expect, faults: FaultDriver, load: LoadDriver
) -> None:
    """Every request succeeds but takes the added latency; after healing it does not."""
    client = system.user_http()
    with load.background("redis-slow"):
        with faults.armed("slow", label="redis-slow", duration_s=SLOW_S, latency_ms=LATENCY_MS):
            for _ in range(LOOKS):
                answer = client.get("/api/jobs")
                expect.equal("a request over the slow edge succeeds", answer.status, 200)
                late = answer.elapsed_s >= LATENCY_MS / 1e3
                expect.true("it took at least the added latency", late, observed=answer.elapsed_s)
        load.until_steady()
        expect_jobs_run(system, client, expect)
    quickest_s = min(client.get("/api/jobs").elapsed_s for _ in range(LOOKS))
    expect.at_most("quickest response in seconds, fault healed", quickest_s, LATENCY_MS / 1e3)
