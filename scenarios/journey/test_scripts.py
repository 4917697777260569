"""A user runs a script with parameters and watches it until its end."""

import pytest

from gonogo.plugin import Expect, SystemUnderTest
from gonogo.probes.browser import Browser
from scenarios import genome
from scenarios.error_contract import new_account
from scenarios.journey.pages import Dashboard, Jobs, Scripts, log_in

JOB_S_MAX = 60.0

pytestmark = pytest.mark.phase("contract")


def run(
    browser: Browser, dashboard: Dashboard, expect: Expect, script: str, values: dict[str, str]
) -> str:
    """Start a script, watch it to its end, read its log, find it among the jobs; its id."""
    scripts = Scripts(browser)
    with browser.step(f"fill in the form of {script}"):
        dashboard.tab("scripts")
        scripts.fill(script, values)
    with browser.step("execute it"):
        scripts.execute()
        job = scripts.started()
    with browser.step("watch it to its end"):
        shown = scripts.watch(JOB_S_MAX)
        expect.equal("progress never goes back", shown, sorted(shown))
        expect.equal("and ends at 100", shown[-1], 100.0)
        expect.equal("the page says that it completed", scripts.status(), "completed")
    with browser.step("read its log"):
        lines = scripts.log()
        expect.true("the log has lines", all(line.strip() for line in lines), observed=lines[-1])
    with browser.step("find it among the jobs"):
        dashboard.tab("jobs")
        row = Jobs(browser).row(job)
        expect.equal("its row says the same", row.data["status"], "completed")
        expect.true("no error is shown", dashboard.errors.look() is None)
    return job


def test_run_genome(system: SystemUnderTest, browser: Browser, expect: Expect) -> None:
    """The genome of E. coli, started on the page: its job has the right result."""
    account, client = new_account(system, expect)  # no other scenario adds jobs to its list
    dashboard = log_in(browser, account)
    values = {"fasta": genome.FASTA, "genes": genome.GENES, "window": "300"}
    job = run(browser, dashboard, expect, "genome_analysis", values)
    answer = client.get(f"/api/jobs/{job}/result")
    expect.equal("the result answers 200", answer.status, 200)
    wanted = genome.expected(system.target.root / "data")
    found = answer.json["result"]["genome"]["length_bp"]
    expect.equal("the genome has its length", found, wanted.length_bp)


@pytest.mark.profile("default")
def test_run_feed(system: SystemUnderTest, browser: Browser, expect: Expect) -> None:
    """The feed, started on the page: it is a job like any other."""
    account, client = new_account(system, expect)
    dashboard = log_in(browser, account)
    job = run(browser, dashboard, expect, "filter_products", {"input_file": "feed.csv"})
    state = client.get(f"/api/jobs/{job}").json
    expect.equal("the api says the same", state["status"], "completed")
    expect.equal("its progress is 100", state["progress"], 100)
