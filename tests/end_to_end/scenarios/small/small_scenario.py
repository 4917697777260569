"""One scenario a phase, for a target of two small containers."""

import pytest

from gonogo.plugin import Expect, FaultDriver, LoadDriver, SystemUnderTest


@pytest.mark.phase("contract")
def test_healthy(system: SystemUnderTest, expect: Expect) -> None:
    """It answers."""
    health = system.health()
    expect.true("it is healthy", health.holds, observed=health.what)


@pytest.mark.phase("load")
def test_steady(expect: Expect, load: LoadDriver) -> None:
    """It answers under load."""
    finished = load.steady()
    expect.true("requests are answered", finished.answered > 0, observed=finished)


@pytest.mark.phase("faults")
@pytest.mark.parametrize(
    ("fault", "label"),
    [
        pytest.param(
            "pause",
            "store-pause",
            marks=pytest.mark.fault(label="store-pause", selector="store", window_s=1),
        ),
        pytest.param(
            "kill",
            "web-kill",
            marks=pytest.mark.fault(label="web-kill", selector="web", window_s=1),
        ),
    ],
)
def test_hurt(
    system: SystemUnderTest,
    expect: Expect,
    faults: FaultDriver,
    load: LoadDriver,
    fault: str,
    label: str,
) -> None:
    """A service is paused and continues, or is killed and restarted."""
    with load.background(label):
        with faults.armed(fault, label=label):
            pass
        load.until_steady()
    expect.true("it is healthy", system.health().holds)
