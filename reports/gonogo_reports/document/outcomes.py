"""How a test or a step of a journey ended, as reports name it."""

from gonogo_reports.document.schema import TestPart

PASSED = "passed"
FAILED = "failed"
ERROR = "error"
UNFINISHED = "unfinished"  # the run ended inside it
INCONCLUSIVE = "inconclusive"  # it passed, but its judgement is INCONCLUSIVE
BAD_OUTCOMES = frozenset({FAILED, ERROR, UNFINISHED, INCONCLUSIVE})


def shown_outcome(test: TestPart) -> str:
    """The outcome as pytest reported it, or a worse one where the judge decided so."""
    if test["outcome"] not in BAD_OUTCOMES and test["result"] == "FAIL":
        return FAILED
    if test["outcome"] not in BAD_OUTCOMES and test["result"] == "INCONCLUSIVE":
        return INCONCLUSIVE
    return test["outcome"]
