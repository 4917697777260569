"""The bullet graph of a judgement: interval and observed value against the limit."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bullet:
    """Positions in percent of the width, 0 to 100.

    Attributes:
        limit: the limit.
        good_from: start of the side on which the objective holds.
        good_to: end of that side.
        observed: None without a value.
        lower: lower end of the interval, None where there is none.
        upper: upper end.
        beyond: the observed value is outside of the scale; its mark is at the edge.
    """

    limit: float
    good_from: float
    good_to: float
    observed: float | None
    lower: float | None
    upper: float | None
    beyond: bool


def bullet(judgement: dict[str, Any]) -> Bullet | None:
    """The graph; None where nothing was observed, or where the objective asks for one exact value.

    The limit is at 60 % of the width when smaller is better, and at 40 % when larger is better.
    So rows can be compared by eye: the distance to that line is the margin.
    """
    if judgement["limit"] is None or judgement["observed"] is None:
        return None
    if judgement["comparison"] == "==":
        return None
    limit, observed = float(judgement["limit"]), float(judgement["observed"])
    larger_is_better = judgement["comparison"].startswith(">")
    ends = (judgement["lower"], judgement["upper"])
    span = _span(limit, [observed, *ends], larger_is_better, judgement["unit"])
    at = 40.0 if larger_is_better else 60.0

    def place(value: float | None) -> float | None:
        if value is None:
            return None
        side = at if (value < limit) else 100 - at
        return round(min(100.0, max(0.0, at + (value - limit) / span[value >= limit] * side)), 2)

    mark = place(observed)
    far = abs(observed - limit) > span[observed >= limit]
    return Bullet(
        limit=at,
        good_from=at if larger_is_better else 0.0,
        good_to=100.0 if larger_is_better else at,
        observed=mark,
        lower=place(ends[0]),
        upper=place(ends[1]),
        beyond=far,
    )


def _span(
    limit: float, values: list[float | None], larger_is_better: bool, unit: str
) -> tuple[float, float]:
    """Width of the scale below and above the limit, in the unit of the judgement."""
    known = [value for value in values if value is not None]
    reach = max([abs(value - limit) for value in known], default=0.0)
    if larger_is_better:
        above = 100 - limit if unit == "%" and limit < 100 else max(reach, abs(limit) / 2)
        below = min(max(reach * 1.15, above), 8 * above)
        return below or 1.0, above or 1.0
    below = abs(limit) or max(reach, 1.0)
    above = min(max(reach * 1.15, below * 2 / 3), 8 * below) if reach else below * 2 / 3
    return below, above
