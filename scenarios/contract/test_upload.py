"""The product feed, from the archive of its source to the shop, compared by product."""

import csv
import io

import pytest

from gonogo.plugin import Expect, SystemUnderTest
from gonogo.probes import Http
from scenarios import feed
from scenarios.jobs import ENDED, execute, result, wait_ended
from scenarios.problems import expect_problem
from scenarios.shop import Shop, not_once

IMPORT_S_MAX = 120.0  # some 300 products through a shop with errors, on a busy machine
OTHERS = "shirt-"  # prefix of products that another scenario uploads

pytestmark = pytest.mark.phase("contract")


def test_sync(system: SystemUnderTest, expect: Expect) -> None:
    """Each good product is in the shop without a difference; each bad row has its reason."""
    wanted = feed.expected(system.target.root / "data")
    client = system.user_http()
    started = client.post("/api/sync/trigger")
    expect.equal("the sync is accepted", started.status, 202)
    job = str(started.json["job_id"])
    state = wait_ended(system, client, job, timeout_s=IMPORT_S_MAX)
    expect.equal("the sync completes", (state["status"], state["error"]), ("completed", None))
    found = result(client, expect, job)
    _expect_files(client, expect, job, wanted)
    expect.equal("rejects are counted", found["rejects_total"], len(wanted.rejects))
    with Shop.of(system) as shop:
        held = {
            handle: document
            for handle, document in shop.products().items()
            if not handle.startswith(OTHERS)
        }
        expect.true("there are some hundred products", len(held) > 200, observed=len(held))
        expect.equal("differences in the shop", feed.differences(wanted.products, held), [])
        met = shop.faults()
        expect.true("the shop injected errors during the sync", sum(met.values()) > 0, observed=met)
        expect.equal("products not written exactly once", not_once(held, shop.writes()), {})


def _expect_files(client: Http, expect: Expect, job: str, wanted: feed.Expected) -> None:
    """Expect the right content of the files of rejects and duplicates."""
    rejects = {int(row["line"]): row["reason"] for row in _rows(client, expect, job, "rejects.csv")}
    expect.equal("the rejected lines", sorted(rejects), sorted(wanted.rejects))
    odd = {
        line: reason
        for line, reason in rejects.items()
        if not reason.startswith(wanted.rejects[line])
    }
    expect.equal("lines rejected for another reason", odd, {})
    removed = {row["SKU"] for row in _rows(client, expect, job, "duplicates.csv")}
    expect.equal("the duplicates", sorted(removed), sorted(wanted.duplicates))
    refused = _rows(client, expect, job, "upload-rejects.csv")
    expect.equal("products the shop refused", refused, [])


def _rows(client: Http, expect: Expect, job: str, name: str) -> list[dict[str, str]]:
    answer = client.get(f"/api/jobs/{job}/artefacts/{name}")
    expect.equal(f"{name} answers 200", answer.status, 200)
    return list(csv.DictReader(io.StringIO(answer.body.decode(), newline="")))


def test_history(system: SystemUnderTest, expect: Expect) -> None:
    """A sync is in the history, and so is a full import started as a script; newest first."""
    client = system.user_http()
    first = str(client.post("/api/sync/trigger").json["job_id"])
    second = execute(client, expect, "full_import", {"skip_upload": True})
    listed = client.get("/api/sync/history?page=1&per_page=100")
    expect.equal("the history answers 200", listed.status, 200)
    order = [run["id"] for run in listed.json["runs"] if run["id"] in (first, second)]
    expect.equal("both are there, newest first", order, [second, first])
    for job in (first, second):
        state = wait_ended(system, client, job, timeout_s=IMPORT_S_MAX)
        expect.equal("it completes", state["status"], "completed")
    runs = client.get("/api/sync/history?per_page=100").json["runs"]
    ended = [run["status"] in ENDED for run in runs if run["id"] in (first, second)]
    expect.equal("the history shows that both ended", ended, [True, True])
    for query in ("page=0", "per_page=1000", "colour=red"):
        expect_problem(expect, client.get(f"/api/sync/history?{query}"), 400)


def test_missing_product_file(system: SystemUnderTest, expect: Expect) -> None:
    """A missing file or an invalid batch size is refused at once."""
    client = system.user_http()
    for parameters in (
        {},
        {"csv_file": "no-such-file.csv"},
        {"csv_file": "../shop.sqlite"},
        {"csv_file": "feed.csv", "batch_size": 0},
        {"csv_file": "feed.csv", "skip_images": "yes"},
    ):
        body = {"script": "shopify_upload", "parameters": parameters}
        expect_problem(expect, client.post("/api/scripts/execute", json=body), 400)
