"""Redis stops answering for three seconds: SIGSTOP, connections stay open."""

import pytest

from harness.plugin import Expect, FaultDriver, LoadDriver, SystemUnderTest
from scenarios.jobs import expect_jobs_run
from scenarios.problems import expect_problem

PAUSE_S = 3.0
ANSWER_S_MAX = 2.5  # the promise is 2 s; half a second is ours for sending and reading

pytestmark = [pytest.mark.phase("faults"), pytest.mark.profile("default")]


@pytest.mark.fault(label="redis-pause", selector="redis", window_s=PAUSE_S)
def test_three_seconds(
    system: SystemUnderTest, expect: Expect, faults: FaultDriver, load: LoadDriver
) -> None:
    """Meanwhile a 503 with Retry-After in bounded time, never a hang; afterwards all is well."""
    client = system.user_http()
    with load.background("redis-pause"):
        with faults.armed("pause", label="redis-pause", duration_s=PAUSE_S):
            answer = client.get("/api/jobs")
            expect_problem(expect, answer, 503)
            expect.true(
                "it says when to come back", bool(answer.header("Retry-After")),
                observed=answer.headers,
            )  # fmt: skip
            expect.at_most("answered within", answer.elapsed_s, ANSWER_S_MAX)
            expect.equal("liveness does not need Redis", client.get("/api/health").status, 200)
        load.until_steady()
        expect_jobs_run(system, client, expect)
    expect.equal("the same client goes on", client.get("/api/jobs").status, 200)
