"""At the end of the run, after every fault: no acknowledged write is lost."""

import pytest

from gonogo.plugin import Expect, LoadDriver

pytestmark = pytest.mark.phase("ledger")


def test_acknowledged_writes(expect: Expect, load: LoadDriver) -> None:
    """Every write the system acknowledged under load and faults can be read back."""
    tally = load.read_ledger()
    expect.true("writes were acknowledged", tally.acknowledged > 0, observed=tally)
    expect.equal("acknowledged writes lost", tally.missing + tally.wrong, 0)
    expect.equal("acknowledged writes that could not be read", tally.unread, 0)
