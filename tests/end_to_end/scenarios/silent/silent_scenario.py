"""A scenario that passes without an expectation."""

import pytest

from gonogo.plugin import SystemUnderTest

pytestmark = pytest.mark.phase("contract")


def test_silent(system: SystemUnderTest) -> None:
    """Reads an answer and states no expectation."""
    system.health()
