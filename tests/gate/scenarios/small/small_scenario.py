"""One scenario a phase, for a target of two small containers."""

import pytest

from harness.plugin import Expect, FaultDriver, LoadDriver, SystemUnderTest


@pytest.mark.phase("contract")
def test_healthy(system: SystemUnderTest, expect: Expect) -> None:
    """It answers."""
    health = system.health()
    expect.true("it is healthy", health.holds, observed=health.what)


@pytest.mark.phase("load")
def test_steady(expect: Expect, load: LoadDriver) -> None:
    """The whole schedule is sent."""
    finished = load.steady()
    expect.equal("every scheduled request has a record", finished.recorded, finished.scheduled)


@pytest.mark.phase("faults")
@pytest.mark.fault(label="store-pause", selector="store", window_s=1)
def test_pause(
    system: SystemUnderTest, expect: Expect, faults: FaultDriver, load: LoadDriver
) -> None:
    """The store freezes and goes on."""
    with load.background("store-pause"):
        with faults.armed("pause", label="store-pause"):
            pass
        load.until_steady()
    expect.true("it is healthy", system.health().holds)


@pytest.mark.phase("faults")
@pytest.mark.fault(label="web-kill", selector="web", window_s=1)
def test_kill(
    system: SystemUnderTest, expect: Expect, faults: FaultDriver, load: LoadDriver
) -> None:
    """The web service is killed and comes back."""
    with load.background("web-kill"):
        with faults.armed("kill", label="web-kill"):
            pass
        load.until_steady()
    expect.true("it is healthy", system.health().holds)
