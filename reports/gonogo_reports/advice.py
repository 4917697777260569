"""What the exit code tells the caller to do; for INCONCLUSIVE that follows from the cause."""

from collections.abc import Mapping
from types import MappingProxyType

from gonogo.vocabulary import ExitCode, Judgement, Result, Verdict

_MEANING: Mapping[ExitCode, str] = MappingProxyType(
    {
        ExitCode.GO: "the gate is open",
        ExitCode.NO_GO: "the system fell short; the same run again will say the same",
        ExitCode.INTERRUPTED: "interrupted before the end",
        ExitCode.USAGE: "usage or configuration error",
        ExitCode.NOTHING_RAN: "nothing ran",
        ExitCode.ENVIRONMENT: "the environment failed; worth another try",
    }
)
_BY_FINDING: Mapping[str, str] = MappingProxyType(
    {
        "events-lost": "evidence was lost; make room on the disk and run again",
        "generator-died": "the load generator died; read its log and run again",
        "harness-error": "the harness failed; read the error before another run",
        "left-behind": "the run left something behind; `gonogo heal`, then run again",
        "no-objectives": "nothing was asked of the system; state objectives",
        "run-killed": "the run was killed; run again",
        "stopped": "the run was stopped before its end; remove the reason and run again",
    }
)
_BY_TEST = "a scenario proved nothing; see which and why"
_BY_FAULT = "a fault was not injected, did not bite or is not proven gone; see Faults"
_BY_INVARIANT = "the evidence is not sound; see the checks, then run again"
_BY_OBJECTIVE = "an objective found nothing to measure; check its selector"
_TOO_LITTLE = "too little evidence; run a longer profile"


def exit_meaning(verdict: Verdict) -> str:
    """What the exit code means, a clause or two; the first cause speaks."""
    return _MEANING.get(verdict.exit_code) or _inconclusive(verdict)


def _inconclusive(verdict: Verdict) -> str:
    causes = [f.cause for f in verdict.findings if f.result is Result.INCONCLUSIVE]
    known = [_BY_FINDING[cause] for cause in causes if cause in _BY_FINDING]
    if known:
        return known[0]
    open_judgements = [j for j in verdict.judgements if j.result is Result.INCONCLUSIVE]
    # The evidence an objective is judged on comes after that which makes it count.
    by_category = (("fault", _BY_FAULT), ("scenario", _BY_TEST), ("invariant", _BY_INVARIANT))
    for category, advice in by_category:
        if any(each.category == category for each in open_judgements):
            return advice
    return _BY_OBJECTIVE if any(map(_found_nothing, open_judgements)) else _TOO_LITTLE


def _found_nothing(judgement: Judgement) -> bool:
    return judgement.n == 0
