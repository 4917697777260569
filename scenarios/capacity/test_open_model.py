"""Steady open-model load, alone: each request is sent at its intended start."""

import pytest

from gonogo.plugin import Expect, LoadDriver

pytestmark = pytest.mark.phase("load")


def test_steady(expect: Expect, load: LoadDriver) -> None:
    """The system answers; the limits are in the objectives.

    Whether every request was sent in time is judged by the books of the load, because a failure of
    the generator does not count against the system.
    """
    finished = load.steady()
    expect.true("requests are answered", finished.answered > 0, observed=finished)
