"""Steady open-model load, alone: each request leaves at its intended time."""

import pytest

from harness.plugin import Expect, LoadDriver

pytestmark = pytest.mark.phase("load")


def test_steady(expect: Expect, load: LoadDriver) -> None:
    """The whole schedule is sent; what the figures must be stands in the objectives."""
    finished = load.steady()
    expect.true("the load ran to its end", finished.ended, observed=finished)
    expect.equal("every scheduled request has a record", finished.recorded, finished.scheduled)
