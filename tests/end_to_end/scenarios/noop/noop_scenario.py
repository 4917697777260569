"""A fault whose arming does nothing, under expectations that all hold."""

import pytest

from gonogo.plugin import Expect, FaultDriver, SystemUnderTest

pytestmark = pytest.mark.phase("faults")


@pytest.mark.fault(label="nothing", selector="redis", window_s=1)
def test_nothing(system: SystemUnderTest, expect: Expect, faults: FaultDriver) -> None:
    """The system works after a fault that changed nothing."""
    with faults.armed("noop", label="nothing"):
        expect.true("it is healthy", system.health().holds)
