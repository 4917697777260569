"""Redis does not answer for three seconds: it is stopped by SIGSTOP, its connections stay open."""

import pytest

from gonogo.plugin import Expect, FaultDriver, LoadDriver, SystemUnderTest
from scenarios.error_contract import expect_refused, expect_served
from scenarios.jobs import expect_jobs_run

PAUSE_S = 3.0

pytestmark = [pytest.mark.phase("faults"), pytest.mark.profile("default", "chaos")]


@pytest.mark.fault(label="redis-pause", selector="redis", window_s=PAUSE_S)
def test_three_seconds(
    system: SystemUnderTest, expect: Expect, faults: FaultDriver, load: LoadDriver
) -> None:
    """Requests get a 503 with Retry-After in bounded time; then the system recovers."""
    client = system.user_http()
    with load.background("redis-pause"):
        with faults.armed("pause", label="redis-pause", duration_s=PAUSE_S):
            answer = client.get("/api/jobs")
            expect_refused(expect, answer, 503)
            expect.equal("liveness does not need Redis", client.get("/api/health").status, 200)
        load.until_steady()
        expect_jobs_run(system, client, expect)
    expect_served(expect, client)
