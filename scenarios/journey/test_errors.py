"""Errors on the page: a clear message; no job is started and no user is logged in."""

import pytest

from gonogo.plugin import Expect, SystemUnderTest
from gonogo.probes.browser import Browser
from scenarios.error_contract import new_account
from scenarios.journey.pages import Dashboard, Login, Scripts, log_in

pytestmark = [pytest.mark.phase("contract"), pytest.mark.profile("default")]


def test_wrong_password(system: SystemUnderTest, browser: Browser, expect: Expect) -> None:
    """A wrong password gives a message at the form, and no dashboard."""
    account, _ = new_account(system, expect)
    page, dashboard = Login(browser), Dashboard(browser)
    with browser.step("open the site"):
        page.open()
    with browser.step("log in with a wrong password", declared=("status of 401",)):
        page.submit(account["email"], "not the password")
        told = dashboard.error("login").text
        expect.true("the message has a text", bool(told.strip()), observed=told)
        inside = browser.testid("dashboard").look()
        expect.true("no dashboard is shown", inside is None, observed=inside)
    with browser.step("log in with the right one"):
        page.submit(account["email"], account["password"])
        dashboard.connected()


def test_bad_parameter(system: SystemUnderTest, browser: Browser, expect: Expect) -> None:
    """A file outside the workspace is refused and starts nothing; then a valid one starts."""
    account, _ = new_account(system, expect)
    dashboard = log_in(browser, account)
    scripts = Scripts(browser)
    with browser.step("execute with a bad parameter", declared=("status of 400",)):
        dashboard.tab("scripts")
        scripts.fill("filter_products", {"input_file": "../secrets.csv"})
        scripts.execute()
        told = dashboard.error("form").text
        expect.true("it names the parameter", "input_file" in told, observed=told)
        status = browser.testid("execution-status").look()
        expect.true("no job is shown", status is None, observed=status)
    with browser.step("correct it"):
        scripts.fill("filter_products", {"input_file": "feed.csv"})
        scripts.execute()
        scripts.started()
        dashboard.errors.gone()


def test_missing_parameter(system: SystemUnderTest, browser: Browser, expect: Expect) -> None:
    """An empty required parameter gives a message before anything is sent."""
    account, _ = new_account(system, expect)
    dashboard = log_in(browser, account)
    with browser.step("execute an empty form"):
        dashboard.tab("scripts")
        Scripts(browser).fill("filter_products", {})
        Scripts(browser).execute()
        told = dashboard.error("form").text
        expect.true("it names the parameter", "input_file" in told, observed=told)
