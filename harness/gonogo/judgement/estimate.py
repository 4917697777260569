"""An estimate with its interval, and how it decides an objective."""

import math
from dataclasses import dataclass

from gonogo.vocabulary import Judgement, Objective, Result

_LOWER_IS_BETTER = ("<", "<=", "==")


@dataclass(frozen=True, slots=True)
class Estimate:
    """What was observed of one metric, in the objective's unit.

    Attributes:
        n: samples behind it.
        observed: point value.
        lower: lower end of the interval; None when the sample is too small for one, and
            infinite where it falls on a failed request.
        upper: upper end, likewise.
        needed: samples without which there is no interval; 0 where that does not apply.
        note: more for the reader, appended to the reason.
        shown: value to show for an infinite end.
        sampled: whether the interval is a confidence interval; else it is the range of values
            that the evidence allows.
    """

    n: int
    observed: float
    lower: float | None
    upper: float | None
    needed: int = 0
    note: str = ""
    shown: float | None = None
    sampled: bool = True


def exactly(value: float, n: int) -> Estimate:
    """A value without uncertainty, such as the maximum of all measured values."""
    return Estimate(n, value, value, value)


def decide(subject: str, objective: Objective, estimate: Estimate) -> Judgement:
    """PASS when the interval lies inside the limit, FAIL outside, INCONCLUSIVE across."""
    lower_is_better = objective.comparison in _LOWER_IS_BETTER
    good, bad = estimate.lower, estimate.upper
    if not lower_is_better:
        good, bad = bad, good
    if bad is not None and holds(bad, objective):
        result = Result.PASS
    elif good is not None and not holds(good, objective):
        result = Result.FAIL
    else:
        result = Result.INCONCLUSIVE
    return Judgement(
        subject=subject,
        result=result,
        reason=_reason(result, objective, estimate),
        observed=estimate.observed,
        lower=_finite(estimate.lower, estimate.shown),
        upper=_finite(estimate.upper, estimate.shown),
        limit=objective.limit,
        comparison=objective.comparison,
        unit=objective.unit,
        n=estimate.n,
        margin=_margin(estimate.observed, objective.limit, lower_is_better=lower_is_better),
    )


def undecided(subject: str, objective: Objective, reason: str, n: int = 0) -> Judgement:
    """INCONCLUSIVE because there is too little to measure."""
    return Judgement(
        subject=subject,
        result=Result.INCONCLUSIVE,
        reason=reason,
        limit=objective.limit,
        comparison=objective.comparison,
        unit=objective.unit,
        n=n,
    )


def quantity(value: float | None, unit: str) -> str:
    """A value for a sentence: ``21.3 ms``, ``0.25 %``, ``3``."""
    if value is None:
        return "?"
    if math.isinf(value):
        return "a failed request"
    if unit == "s" and 0.0 < value < 1.0:
        return f"{value * 1e3:.3g} ms"
    return f"{value:.4g} {unit}".strip()


def holds(value: float, objective: Objective) -> bool:
    """Whether a value, in the objective's unit, meets the objective."""
    limit = objective.limit
    return {
        "<": value < limit,
        "<=": value <= limit,
        ">": value > limit,
        ">=": value >= limit,
        "==": value == limit,
    }[objective.comparison]


def _finite(value: float | None, shown: float | None) -> float | None:
    return shown if value is not None and math.isinf(value) else value


def _margin(observed: float, limit: float, *, lower_is_better: bool) -> float | None:
    if not limit:
        return None
    return (limit - observed if lower_is_better else observed - limit) / limit


def _reason(result: Result, objective: Objective, estimate: Estimate) -> str:
    unit = objective.unit
    limit = f"{objective.comparison} {quantity(objective.limit, unit)}"
    seen = f"observed {quantity(estimate.observed, unit)}"
    if estimate.lower is None or estimate.upper is None or estimate.lower != estimate.upper:
        kind = "95 % interval" if estimate.sampled else "possible:"
        ends = f"{quantity(estimate.lower, unit)} to {quantity(estimate.upper, unit)}"
        seen += f" ({kind} {ends}, n = {estimate.n})"
    else:
        seen += f" (n = {estimate.n})"
    if result is not Result.INCONCLUSIVE:
        verb = "holds" if result is Result.PASS else "does not hold"
        text = f"{limit} {verb}: {seen}"
    elif estimate.n < estimate.needed:
        text = f"{estimate.n} samples cannot decide {limit}: at least {estimate.needed} are needed"
    else:
        more = "; more samples narrow it" if estimate.sampled else ""
        text = f"the evidence lies on both sides of {limit}: {seen}{more}"
    return f"{text}; {estimate.note}" if estimate.note else text
