"""The profiles of every target. The file may override their values."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from gonogo.vocabulary import CONTRACT_PHASE, LEDGER_PHASE, LOAD_PHASE, PHASES, Profile

# 1,200 requests without an error are four times the 299 that 95 % confidence needs for
# an error rate below 1 %, and twice the 598 for an availability above 99.5 %.
# 216,000 requests are one hour of slices; a target may ask for more.
# budget_s stops a run that hangs: twice the time that the profile should take.
_DEFAULT = Profile(
    name="default",
    phases=PHASES,
    requests=2400,
    rate_per_s=60.0,
    background_rate_per_s=30.0,
    faults_required=(),
    workers=2,
    budget_s=480.0,
)
_SOAK_PHASES = (CONTRACT_PHASE, LOAD_PHASE, LEDGER_PHASE)

DEFAULTS: Mapping[str, Profile] = MappingProxyType(
    {
        each.name: each
        for each in (
            replace(_DEFAULT, name="quick", requests=1200, budget_s=180.0),
            _DEFAULT,
            replace(_DEFAULT, name="chaos", budget_s=3600.0),
            replace(_DEFAULT, name="soak", phases=_SOAK_PHASES, requests=216_000, budget_s=8400.0),
        )
    }
)
