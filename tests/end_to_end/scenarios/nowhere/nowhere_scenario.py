"""A fault on services that do not exist."""

import pytest

from gonogo.plugin import Expect, FaultDriver

pytestmark = pytest.mark.phase("faults")


@pytest.mark.fault(label="nowhere", selector="databse-*", window_s=1)
def test_nowhere(expect: Expect, faults: FaultDriver) -> None:
    """Never runs."""
    with faults.armed("kill", label="nowhere"):
        expect.true("never stated", True)
