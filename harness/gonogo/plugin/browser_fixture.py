"""The ``browser`` fixture, and the outcome of a test whose journey ends early."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

from gonogo.plugin.hooks import LOG
from gonogo.plugin.under_test import SystemUnderTest
from gonogo.probes.browser import Browser, BrowserLost, BrowserUnavailable, StepFailed
from gonogo.services import Redactor


@pytest.fixture
def browser(system: SystemUnderTest, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """A browser for this test only, at the entry service. It acts in steps; each step is recorded.

    Without a browser on this machine the test is skipped, and a skip is INCONCLUSIVE.
    """
    redact = Redactor(system.target.secret_values)
    log = request.config.stash[LOG]
    try:
        opened = Browser(system.base_url, system.run_dir, request.node.nodeid, log, redact)
    except BrowserUnavailable as error:
        pytest.skip(redact(str(error)))
    try:
        yield opened
        with _outcome_of_journey():
            opened.check_console()
    finally:
        opened.close()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call() -> Generator[None, object, object]:
    """A failed step or a lost browser decides the outcome of the test."""
    with _outcome_of_journey():
        return (yield)


@contextmanager
def _outcome_of_journey() -> Iterator[None]:
    """A failed step fails the test, without a stack trace. A lost browser skips it."""
    try:
        yield
    except StepFailed as error:
        pytest.fail(str(error), pytrace=False)
    except BrowserLost as error:
        pytest.skip(f"the browser went away: {error}")
