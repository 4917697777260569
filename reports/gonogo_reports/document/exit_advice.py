"""What the caller should do next, in one line beside the exit code."""

from collections.abc import Mapping
from types import MappingProxyType

from gonogo.vocabulary import ExitCode, Judgement, Result, Verdict

_BY_EXIT_CODE: Mapping[ExitCode, str] = MappingProxyType(
    {
        ExitCode.GO: "the gate is open",
        ExitCode.NO_GO: "the system failed a check; a retry does not help",
        ExitCode.INTERRUPTED: "the run was interrupted; run again",
        ExitCode.USAGE: "usage or configuration error; correct it and run again",
        ExitCode.NOTHING_RAN: "nothing ran, so nothing was judged",
        ExitCode.ENVIRONMENT: "the environment failed, not the system; a retry may help",
    }
)
_BY_FINDING: Mapping[str, str] = MappingProxyType(
    {
        "events-lost": "evidence was lost; make room on the disk and run again",
        "generator-died": "the load generator died; read its log and run again",
        "harness-error": "the harness failed; read the error before you run again",
        "left-behind": "processes or faults were left behind; `gonogo heal`, then run again",
        "no-objectives": "there was nothing to judge the system by; state objectives",
        "run-killed": "the run was killed; run again",
        "stopped": "the run was stopped before its end; remove the cause and run again",
    }
)
_BY_TEST = "a scenario proved nothing; its entry under Tests says why"
_BY_FAULT = "a fault was not armed, did not bite, or is not proven gone; see Faults"
_BY_INVARIANT = "the evidence is not sound; see the failed checks, then run again"
_BY_OBJECTIVE = "an objective found nothing to measure; check its selector"
_TOO_LITTLE = "too little evidence; run a longer profile"


def exit_advice(verdict: Verdict) -> str:
    """One line. For INCONCLUSIVE it follows from the cause; of several causes, the first one."""
    return _BY_EXIT_CODE.get(verdict.exit_code) or _inconclusive(verdict)


def _inconclusive(verdict: Verdict) -> str:
    causes = [f.cause for f in verdict.findings if f.result is Result.INCONCLUSIVE]
    known = [_BY_FINDING[cause] for cause in causes if cause in _BY_FINDING]
    if known:
        return known[0]
    open_judgements = [j for j in verdict.judgements if j.result is Result.INCONCLUSIVE]
    # Without a fault or a scenario that counts, an objective has no evidence: they come first.
    by_category = (("fault", _BY_FAULT), ("scenario", _BY_TEST), ("invariant", _BY_INVARIANT))
    for category, advice in by_category:
        if any(each.category == category for each in open_judgements):
            return advice
    return _BY_OBJECTIVE if any(map(_found_nothing, open_judgements)) else _TOO_LITTLE


def _found_nothing(judgement: Judgement) -> bool:
    return judgement.n == 0
