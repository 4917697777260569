"""How a test or a step of a journey ended, as reports name it."""

from gonogo.vocabulary import Ending
from gonogo_reports.document.schema import TestPart

UNFINISHED = "unfinished"  # the run ended inside it
INCONCLUSIVE = "inconclusive"  # it passed, but its judgement is INCONCLUSIVE
BAD_OUTCOMES = frozenset({Ending.FAILED.value, Ending.ERROR.value, UNFINISHED, INCONCLUSIVE})


def shown_outcome(test: TestPart) -> str:
    """The outcome as pytest reported it, or a worse one where the judge decided so."""
    if test["outcome"] not in BAD_OUTCOMES and test["result"] == "FAIL":
        return Ending.FAILED.value
    if test["outcome"] not in BAD_OUTCOMES and test["result"] == "INCONCLUSIVE":
        return INCONCLUSIVE
    return test["outcome"]
