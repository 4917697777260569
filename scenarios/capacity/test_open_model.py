"""Steady open-model load, alone: each request leaves at its intended time."""

import pytest

from gonogo.plugin import Expect, LoadDriver

pytestmark = pytest.mark.phase("load")


def test_steady(expect: Expect, load: LoadDriver) -> None:
    """The system answers; what the figures must be stands in the objectives.

    That every scheduled request was sent, and in time, is for the books of the load to say: a
    generator that fails is nothing against the system.
    """
    finished = load.steady()
    expect.true("requests are answered", finished.answered > 0, observed=finished)
