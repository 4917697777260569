"""Reports of tests on their way from an xdist worker to the process that records them."""

from collections.abc import Generator
from typing import Any

import pytest

from gonogo.observation import writable


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, object]:
    """Make every text UTF-8: execnet sends nothing else, and ends a worker that tries to."""
    report = yield
    return writable(report)
