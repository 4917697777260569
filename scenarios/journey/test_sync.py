"""A user starts a sync of the whole feed to the shop by one button."""

import pytest

from gonogo.plugin import Expect, SystemUnderTest
from gonogo.probes.browser import Browser
from scenarios.error_contract import new_account
from scenarios.journey.pages import Sync, log_in

ROW_S_MAX = 15.0
SYNC_S_MAX = 120.0  # some 300 products through a shop with errors, on a busy machine

pytestmark = [pytest.mark.phase("contract"), pytest.mark.profile("default", "chaos")]


def test_full_sync(system: SystemUnderTest, browser: Browser, expect: Expect) -> None:
    """It is watched until its end, and is then in the history, with the status from the api."""
    account, client = new_account(system, expect)  # no other scenario adds to its history
    dashboard = log_in(browser, account)
    sync = Sync(browser)
    with browser.step("start a full sync"):
        dashboard.tab("sync")
        sync.start()
        job = sync.started()
    with browser.step("watch it to its end"):
        shown = sync.watch(SYNC_S_MAX)
        expect.equal("progress never goes back", shown, sorted(shown))
        expect.equal("the page says that it completed", sync.status(), "completed")
    with browser.step("find it in the history"):
        expect.equal(
            "its row says the same", sync.ended(job, ROW_S_MAX).data["status"], "completed"
        )
        expect.true("no error is shown", dashboard.errors.look() is None)
    answer = client.get(f"/api/jobs/{job}/result")
    expect.equal("the result answers 200", answer.status, 200)
    rejects = answer.json["result"]["rejects_total"]
    expect.true("the feed's bad rows were rejected", rejects > 0, observed=rejects)
