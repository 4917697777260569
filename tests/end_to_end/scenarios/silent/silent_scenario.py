"""A scenario that passes and claims nothing."""

import pytest

from gonogo.plugin import SystemUnderTest

pytestmark = pytest.mark.phase("contract")


def test_silent(system: SystemUnderTest) -> None:
    """Looks and says nothing."""
    system.health()
