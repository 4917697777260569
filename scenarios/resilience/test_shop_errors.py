"""The shop refuses every other request for seconds in the middle of an upload."""

import pytest

from harness.plugin import Expect, FaultDriver, LoadDriver, SystemUnderTest
from scenarios import feed
from scenarios.jobs import execute, in_the_middle, wait_ended
from scenarios.shop import Shop, not_once

FILE = "shopify-products.csv"
ERRORS_S = 5.0
PERCENT = 50.0
UPLOAD_S_MAX = 90.0  # a hundred products, and the pauses the agent makes, on a busy machine

pytestmark = [pytest.mark.phase("faults"), pytest.mark.profile("chaos")]


@pytest.mark.fault(label="shop-errors", selector="agent-shop->shop", window_s=ERRORS_S)
def test_errors_during_upload(
    system: SystemUnderTest, expect: Expect, faults: FaultDriver, load: LoadDriver
) -> None:
    """The upload goes on until it is done: every product is in the shop as it should be, once."""
    client = system.user_http()
    # Small batches: progress is told after each.
    parameters = {"csv_file": FILE, "batch_size": 5}
    with load.background("shop-errors"):
        job = execute(client, expect, "shopify_upload", parameters)
        system.wait_for(
            "the upload is in its middle",
            lambda: in_the_middle(client.get(f"/api/jobs/{job}").json),
            timeout_s=30,
        )
        with faults.armed(
            "http-error", label="shop-errors", duration_s=ERRORS_S, status=503, percent=PERCENT
        ):
            pass
        state = wait_ended(system, client, job, timeout_s=UPLOAD_S_MAX)
        expect.equal("the job completes", state["status"], "completed")
        load.until_steady()
    wanted = feed.expected_shopify(system.target.root / "data")
    with Shop.of(system) as shop:
        held = {handle: each for handle, each in shop.products().items() if handle in wanted}
        expect.equal("differences in the shop", feed.differences(wanted, held), [])
        expect.equal("products not written exactly once", not_once(wanted, shop.writes()), {})
