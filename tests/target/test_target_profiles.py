"""The profiles every target has."""

import pytest

from gonogo.target.declaration.profiles import DEFAULTS
from gonogo.vocabulary import PHASES


def test_the_profiles_are_these() -> None:
    """Four profiles, each by its own name, in the order of how long they take."""
    assert list(DEFAULTS) == ["quick", "default", "chaos", "soak"]
    assert all(profile.name == name for name, profile in DEFAULTS.items())
    budgets = [profile.budget_s for profile in DEFAULTS.values()]
    assert budgets == sorted(budgets)


@pytest.mark.parametrize("name", DEFAULTS)
def test_every_profile_can_end(name: str) -> None:
    """The scheduled load takes at most half the budget, and what was acknowledged is read back."""
    profile = DEFAULTS[name]
    assert profile.requests / profile.rate_per_s <= profile.budget_s / 2
    assert profile.phases[-1] == "ledger"
    assert list(profile.phases) == [phase for phase in PHASES if phase in profile.phases]


def test_only_soak_leaves_faults_out() -> None:
    """Only the soak profile has no phase with faults."""
    assert {name for name, each in DEFAULTS.items() if "faults" not in each.phases} == {"soak"}
