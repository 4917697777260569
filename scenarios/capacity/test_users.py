"""Users who wait for their answers, alone: as many at once as the profile says.

The file comes after that of the open-model load, and so does the load.
"""

import pytest

from gonogo.plugin import Expect, LoadDriver

pytestmark = [pytest.mark.phase("load"), pytest.mark.profile("default")]


def test_users(expect: Expect, load: LoadDriver) -> None:
    """No user is turned away; what the figures must be stands in the objectives.

    Whether the generator was well is for the judge: it says nothing about the system.
    """
    finished = load.closed()
    expect.equal("every login that is answered is accepted", finished.logins_refused, 0)
    expect.true("users are served", finished.answered > 0, observed=finished)
