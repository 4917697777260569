"""A user starts two jobs without waiting, and watches both until their end."""

import pytest

from gonogo.plugin import Expect, SystemUnderTest
from gonogo.probes.browser import Browser
from scenarios import genome
from scenarios.error_contract import new_account
from scenarios.journey.pages import Jobs, Scripts, log_in

JOBS_S_MAX = 60.0
FORMS: dict[str, dict[str, str]] = {
    "genome_analysis": {"fasta": genome.FASTA, "genes": genome.GENES},
    "filter_products": {"input_file": "feed.csv"},
}

pytestmark = [pytest.mark.phase("contract"), pytest.mark.profile("default", "chaos")]


def test_two_jobs(system: SystemUnderTest, browser: Browser, expect: Expect) -> None:
    """The page follows both at once: each row shows the end of its job, without a reload."""
    account, client = new_account(system, expect)  # no other scenario adds jobs to its list
    dashboard = log_in(browser, account)
    scripts, jobs = Scripts(browser), list[str]()
    for script, values in FORMS.items():
        with browser.step(f"start {script}"):
            dashboard.tab("scripts")
            scripts.fill(script, values)
            scripts.execute()
            jobs.append(scripts.started(jobs))
    with browser.step("watch both rows to their end"):
        dashboard.tab("jobs")
        ends = [Jobs(browser).ended(job, JOBS_S_MAX).data["status"] for job in jobs]
        expect.equal("both completed", ends, ["completed", "completed"])
        expect.true("no error is shown", dashboard.errors.look() is None)
    told = [client.get(f"/api/jobs/{job}").json["status"] for job in jobs]
    expect.equal("the api says the same", told, ends)
