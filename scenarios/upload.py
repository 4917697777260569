"""Uploads of products: started, disturbed in the middle, and compared at the end."""

from gonogo.plugin import Expect, SystemUnderTest
from gonogo.probes import Http
from scenarios import feed
from scenarios.jobs import execute, in_the_middle
from scenarios.shop import Shop, not_once

FILE = "shopify-products.csv"
UPLOAD_S_MAX = 90.0  # a hundred products and a fault, on a busy machine
_MIDDLE_S_MAX = 30.0


def begin_upload(system: SystemUnderTest, client: Http, expect: Expect) -> str:
    """Start the upload and wait until a part of it is done; its job id."""
    # Small batches, because progress is reported after each one.
    job = execute(client, expect, "shopify_upload", {"csv_file": FILE, "batch_size": 5})
    system.wait_for(
        "a part of the upload is done",
        lambda: in_the_middle(client.get(f"/api/jobs/{job}").json),
        timeout_s=_MIDDLE_S_MAX,
    )
    return job


def expect_each_once(system: SystemUnderTest, expect: Expect) -> None:
    """Expect every product in the shop, without a difference, and written once."""
    wanted = feed.expected_shopify(system.target.root / "data")
    expect.true("there are products to upload", bool(wanted), observed=len(wanted))
    with Shop.of(system) as shop:
        held = {handle: each for handle, each in shop.products().items() if handle in wanted}
        expect.equal("differences in the shop", feed.differences(wanted, held), [])
        expect.equal("products not written exactly once", not_once(wanted, shop.writes()), {})
