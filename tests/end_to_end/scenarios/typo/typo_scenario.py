"""A scenario for a profile that does not exist."""

import pytest

from gonogo.plugin import Expect

pytestmark = [pytest.mark.phase("contract"), pytest.mark.profile("qiuck")]


def test_never(expect: Expect) -> None:
    """Would never run."""
    expect.true("never stated", holds=False)
