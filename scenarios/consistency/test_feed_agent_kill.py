"""kill -9 of the agent that is uploading products."""

import pytest

from harness.plugin import Expect, FaultDriver, LoadDriver, SystemUnderTest
from scenarios import feed
from scenarios.jobs import execute, in_the_middle, result, wait_ended
from scenarios.shop import Shop, not_once

AGENT = "agent-shop"
FILE = "shopify-products.csv"
UPLOAD_S_MAX = 90.0  # a hundred products, the lease, and the agent's restart, on a busy machine

pytestmark = [pytest.mark.phase("faults"), pytest.mark.profile("default")]


@pytest.mark.fault(label="upload-kill", selector=AGENT, window_s=1)
def test_kill_during_upload(
    system: SystemUnderTest, expect: Expect, faults: FaultDriver, load: LoadDriver
) -> None:
    """The upload goes on where it was: every product is in the shop as it should be, once."""
    client = system.user_http()
    # Small batches: progress is told after each.
    parameters = {"csv_file": FILE, "batch_size": 5}
    with load.background("upload-kill"):
        job = execute(client, expect, "shopify_upload", parameters)
        system.wait_for(
            "the upload is in its middle",
            lambda: in_the_middle(client.get(f"/api/jobs/{job}").json),
            timeout_s=30,
        )
        with faults.armed("kill", label="upload-kill"):
            pass
        state = wait_ended(system, client, job, timeout_s=UPLOAD_S_MAX)
        expect.equal("the job completes", state["status"], "completed")
        load.until_steady()
    attempts = len(state["tasks"][0]["attempts"])
    expect.true("the upload was attempted again", attempts >= 2, observed=attempts)
    counts = result(client, expect, job)
    expect.true("the first attempt's work is kept", counts["unchanged"] > 0, observed=counts)
    wanted = feed.expected_shopify(system.target.root / "data")
    with Shop.of(system) as shop:
        held = {handle: each for handle, each in shop.products().items() if handle in wanted}
        expect.equal("differences in the shop", feed.differences(wanted, held), [])
        expect.equal("products not written exactly once", not_once(wanted, shop.writes()), {})
