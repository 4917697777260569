"""A scenario that raises while its fault is armed, and one that needs a working system after it."""

import os

import pytest

from gonogo.plugin import Expect, FaultDriver, SystemUnderTest
from gonogo_faults import ArmedFault

pytestmark = pytest.mark.phase("faults")


@pytest.fixture(autouse=True)
def _perhaps_unhealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate without its ``finally``: the fault stays armed."""
    if os.environ.get("LEAVE_FAULTS"):
        monkeypatch.setattr(ArmedFault, "heal", lambda *_, **__: None)


@pytest.mark.fault(label="broken-off", selector="redis", window_s=0)
def test_a_breaks(faults: FaultDriver, expect: Expect) -> None:
    """Raises an error of its own while the fault is armed."""
    with faults.armed("pause", label="broken-off") as fault:
        expect.true("it bites", fault.observed)
        raise ZeroDivisionError("a probe that is wrong")


def test_b_whole(system: SystemUnderTest, expect: Expect) -> None:
    """The next scenario finds the store running."""
    expect.true("it is healthy", system.health().holds)
