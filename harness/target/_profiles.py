"""The profiles every target has; the file overrides what it names."""

from collections.abc import Mapping
from types import MappingProxyType

from harness.vocabulary import Profile

PHASES = ("contract", "load", "faults", "ledger")

# 1,200 requests without an error are four times the 299 that 95 % confidence needs for
# an error rate below 1 %, and twice the 598 for an availability above 99.5 %.
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
    }
)
