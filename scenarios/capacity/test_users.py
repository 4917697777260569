"""Closed-model load, alone: as many users at once as the profile says.

The file is sorted after that of the open-model load, so this load runs second.
"""

import pytest

from gonogo.plugin import Expect, LoadDriver

pytestmark = [pytest.mark.phase("load"), pytest.mark.profile("default")]


def test_users(expect: Expect, load: LoadDriver) -> None:
    """No login is refused; the limits are in the objectives.

    Whether the generator worked is judged apart, because it does not count against the system.
    """
    finished = load.closed()
    expect.equal("every login that is answered is accepted", finished.logins_refused, 0)
    expect.true("users are served", finished.answered > 0, observed=finished)
