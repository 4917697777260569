"""The feed job: good rows are kept, bad rows are rejected with line and reason."""

import pytest

from gonogo.plugin import Expect, SystemUnderTest
from scenarios.jobs import execute, result, wait_ended

pytestmark = pytest.mark.phase("contract")


def test_filter_products(system: SystemUnderTest, expect: Expect) -> None:
    """Every row of the committed feed is kept or rejected; none is lost."""
    feed = (system.target.root / "data" / "feed.csv").read_text(encoding="latin-1")
    rows = len(feed.strip().splitlines()) - 1
    client = system.user_http()
    job = execute(client, expect, "filter_products", {"input_file": "feed.csv"})
    state = wait_ended(system, client, job, timeout_s=30)
    expect.equal("the job completes", state["status"], "completed")
    counts = result(client, expect, job)
    expect.equal("every row was read", counts["rows"], rows)
    expect.equal("kept and rejected are all", counts["kept"] + counts["rejected"], rows)
    expect.equal("the rows made bad on purpose are rejected", counts["rejected"], 3)


def test_empty_feed_fails(system: SystemUnderTest, expect: Expect) -> None:
    """A file that is not a product feed fails the job with a reason in its log."""
    client = system.user_http()
    job = execute(client, expect, "filter_products", {"input_file": "pleiotropic_genes.json"})
    state = wait_ended(system, client, job, timeout_s=30)
    expect.equal("the job fails", state["status"], "failed")
    logs = client.get(f"/api/jobs/{job}/logs")
    expect.true("its log says why", bool(logs.json.get("logs")), observed=logs.json)
