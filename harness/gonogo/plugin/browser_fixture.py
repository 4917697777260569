"""The ``browser`` fixture, and what becomes of a test whose journey ends early."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

from gonogo.plugin.hooks import LOG
from gonogo.plugin.under_test import SystemUnderTest
from gonogo.probes.browser import Browser, BrowserLost, BrowserUnavailable, StepFailed
from gonogo.services import Redactor


@pytest.fixture
def browser(system: SystemUnderTest, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """A browser of this test's own at the entry service; it acts in steps, each one recorded.

    Without one on this machine the test is skipped, and a skip is INCONCLUSIVE.
    """
    redact = Redactor(system.target.secret_values)
    log = request.config.stash[LOG]
    try:
        made = Browser(system.base_url, system.run_dir, request.node.nodeid, log, redact)
    except BrowserUnavailable as error:
        pytest.skip(redact(str(error)))
    try:
        yield made
        with _told():
            made.check_console()
    finally:
        made.close()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call() -> Generator[None, object, object]:
    """See ``_told``."""
    with _told():
        return (yield)


@contextmanager
def _told() -> Iterator[None]:
    """A step that failed is told by its own words; without the browser nothing is known."""
    try:
        yield
    except StepFailed as error:
        pytest.fail(str(error), pytrace=False)
    except BrowserLost as error:
        pytest.skip(f"the browser went away: {error}")
