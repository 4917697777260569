"""A person presses a button and waits for what it does; ``PAGE`` says on which page."""

import os

import pytest

from gonogo.plugin import Expect, SystemUnderTest
from gonogo.probes.browser import Browser

pytestmark = pytest.mark.phase("contract")
WAIT_S = float(os.environ.get("PAGE_WAIT_S", "2"))


def test_execute(browser: Browser, expect: Expect) -> None:
    """The button does something."""
    with browser.step("open the page"):
        browser.open(f"/{os.environ['PAGE']}")
    with browser.step("execute and wait"):
        browser.testid("execute").click()
        seen = browser.testid("status").shown(timeout_s=WAIT_S)
        expect.true("the status says something", bool(seen.text), observed=seen.text)


def test_served(system: SystemUnderTest, expect: Expect) -> None:
    """The pages are there, browser or not."""
    expect.equal("the page answers 200", system.http().get("/good.html").status, 200)
