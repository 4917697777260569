"""The profiles every target has; the file overrides what it names."""

from collections.abc import Mapping
from types import MappingProxyType

from harness.vocabulary import Profile

PHASES = ("contract", "load", "faults", "ledger")

# 1,200 requests without an error are four times the 299 that 95 % confidence needs for
# an error rate below 1 %, and twice the 598 for an availability above 99.5 %.
# 216,000 are an hour of slices; a target asks for as long as it wants.
# budget_s stops a run that hangs: twice the wall time the profile is meant to take.
DEFAULTS: Mapping[str, Profile] = MappingProxyType(
    {
        "quick": Profile(
            name="quick",
            phases=PHASES,
            requests=1200,
            rate_per_s=60.0,
            background_rate_per_s=30.0,
            faults_required=(),
            workers=2,
            budget_s=180.0,
        ),
        "default": Profile(
            name="default",
            phases=PHASES,
            requests=2400,
            rate_per_s=60.0,
            background_rate_per_s=30.0,
            faults_required=(),
            workers=2,
            budget_s=480.0,
        ),
        "chaos": Profile(
            name="chaos",
            phases=PHASES,
            requests=2400,
            rate_per_s=60.0,
            background_rate_per_s=30.0,
            faults_required=(),
            workers=2,
            budget_s=3600.0,
        ),
        "soak": Profile(
            name="soak",
            phases=("contract", "load", "ledger"),
            requests=216_000,
            rate_per_s=60.0,
            background_rate_per_s=30.0,
            faults_required=(),
            workers=2,
            budget_s=8400.0,
        ),
    }
)
