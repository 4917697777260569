"""Judgements in the order of reports: those that need attention come first."""

import math
from collections.abc import Iterable

from gonogo.vocabulary import Judgement, Verdict

_CATEGORIES = ("objective", "fault", "invariant", "scenario")


def worst_first(judgements: Iterable[Judgement]) -> list[Judgement]:
    """FAIL, INCONCLUSIVE, PASS; then objectives before checks; then the smallest margin."""
    return sorted(
        judgements,
        key=lambda j: (
            -j.result.rank,
            _CATEGORIES.index(j.category) if j.category in _CATEGORIES else len(_CATEGORIES),
            math.inf if j.margin is None or math.isnan(j.margin) else j.margin,
            j.subject,
        ),
    )


def bare_summary(verdict: Verdict) -> str:
    """The summary without the word of the verdict, which every report shows beside it."""
    return verdict.summary.removeprefix(f"{verdict.word}: ")
