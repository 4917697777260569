"""A scenario that skips by itself, beside one that holds."""

import pytest

from gonogo.plugin import Expect

pytestmark = pytest.mark.phase("contract")


def test_holds(expect: Expect) -> None:
    """Holds."""
    expect.true("one is one", observed=1, holds=True)


def test_skips() -> None:
    """Skips itself."""
    pytest.skip("could not reach the store")
