"""At the very end, after every fault: each acknowledged write is there."""

import pytest

from gonogo.plugin import Expect, LoadDriver

pytestmark = pytest.mark.phase("ledger")


def test_acknowledged_writes(expect: Expect, load: LoadDriver) -> None:
    """Every write the system acknowledged under load and faults can be read back."""
    tally = load.read_ledger()
    expect.true("writes were acknowledged", tally.acknowledged > 0, observed=tally)
    expect.equal("acknowledged writes lost", tally.missing + tally.wrong, 0)
    expect.equal("acknowledged writes nobody could read", tally.unread, 0)
