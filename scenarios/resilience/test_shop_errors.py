"""The shop refuses half of the requests for some seconds, in the middle of an upload."""

import pytest

from gonogo.plugin import Expect, FaultDriver, LoadDriver, SystemUnderTest
from scenarios.jobs import wait_ended
from scenarios.upload import UPLOAD_S_MAX, begin_upload, expect_each_once

ERRORS_S = 5.0
PERCENT = 50.0

pytestmark = [pytest.mark.phase("faults"), pytest.mark.profile("chaos")]


@pytest.mark.fault(label="shop-errors", selector="agent-shop->shop", window_s=ERRORS_S)
def test_errors_during_upload(
    system: SystemUnderTest, expect: Expect, faults: FaultDriver, load: LoadDriver
) -> None:
    """The upload completes: every product is in the shop, written once."""
    client = system.user_http()
    with load.background("shop-errors"):
        job = begin_upload(system, client, expect)
        with faults.armed(
            "http-error", label="shop-errors", duration_s=ERRORS_S, status=503, percent=PERCENT
        ):
            pass
        state = wait_ended(system, client, job, timeout_s=UPLOAD_S_MAX)
        expect.equal("the job completes", state["status"], "completed")
        load.until_steady()
    expect_each_once(system, expect)
