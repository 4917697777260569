"""kill -9 of the store, and of the API."""

import pytest

from gonogo.plugin import Expect, FaultDriver, LoadDriver, SystemUnderTest
from scenarios.jobs import expect_jobs_run

pytestmark = [pytest.mark.phase("faults"), pytest.mark.profile("default", "chaos")]


@pytest.mark.fault(label="redis-kill", selector="redis", window_s=0)
def test_redis(
    system: SystemUnderTest, expect: Expect, faults: FaultDriver, load: LoadDriver
) -> None:
    """A write that was acknowledged before the kill is not lost, and the system recovers."""
    client = system.user_http()
    with load.background("redis-kill"):
        made = client.post("/api/sessions", json={"name": system.unique("kept")})
        expect.equal("a session is acknowledged", made.status, 201)
        with faults.armed("kill", label="redis-kill"):
            pass
        load.until_steady()
        expect_jobs_run(system, client, expect)
    found = client.get(f"/api/sessions/{made.json['id']}")
    expect.equal("the acknowledged session is there", found.status, 200)


@pytest.mark.fault(label="api-kill", selector="api", window_s=0)
def test_api(
    system: SystemUnderTest, expect: Expect, faults: FaultDriver, load: LoadDriver
) -> None:
    """A token from before the kill is valid after it: the API keeps no state."""
    client = system.user_http()
    with load.background("api-kill"):
        with faults.armed("kill", label="api-kill"):
            pass
        load.until_steady()
        expect_jobs_run(system, client, expect)
    expect.equal("the old token is accepted", client.get("/api/auth/me").status, 200)
