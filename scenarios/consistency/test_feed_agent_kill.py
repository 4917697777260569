"""kill -9 of the agent that is uploading products."""

import pytest

from gonogo.plugin import Expect, FaultDriver, LoadDriver, SystemUnderTest
from scenarios.jobs import result, wait_ended
from scenarios.upload import UPLOAD_S_MAX, begin_upload, expect_each_once

AGENT = "agent-shop"

pytestmark = [pytest.mark.phase("faults"), pytest.mark.profile("default")]


@pytest.mark.fault(label="upload-kill", selector=AGENT, window_s=1)
def test_kill_during_upload(
    system: SystemUnderTest, expect: Expect, faults: FaultDriver, load: LoadDriver
) -> None:
    """Another attempt continues the upload: every product is in the shop, written once."""
    client = system.user_http()
    with load.background("upload-kill"):
        job = begin_upload(system, client, expect)
        with faults.armed("kill", label="upload-kill"):
            pass
        state = wait_ended(system, client, job, timeout_s=UPLOAD_S_MAX)
        expect.equal("the job completes", state["status"], "completed")
        load.until_steady()
    attempts = len(state["tasks"][0]["attempts"])
    expect.true("the upload was attempted again", attempts >= 2, observed=attempts)
    counts = result(client, expect, job)
    expect.true("the first attempt's work is kept", counts["unchanged"] > 0, observed=counts)
    expect_each_once(system, expect)
