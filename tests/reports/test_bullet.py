"""The bullet graph of a judgement: positions of value and interval against the limit."""

import pytest

from gonogo_reports.page.bullet import bullet


def judgement(**parts: object) -> dict[str, object]:
    base = {"observed": 1.0, "lower": None, "upper": None, "limit": 2.0, "comparison": "<"}
    return {**base, "unit": "s", **parts}


@pytest.mark.parametrize(("observed", "inside"), [(0.0, True), (1.9, True), (2.1, False)])
def test_the_mark_stands_on_the_side_of_the_limit_that_decides(
    observed: float, inside: bool
) -> None:
    """Inside is left of the limit where smaller is better."""
    made = bullet(judgement(observed=observed))
    assert made is not None
    assert made.observed is not None
    assert (made.observed < made.limit) is inside
    assert (made.good_from, made.good_to) == (0.0, made.limit)


def test_where_larger_is_better_the_good_side_is_the_right_one() -> None:
    """Availability: the scale above the limit ends at 100 %."""
    made = bullet(
        judgement(observed=100.0, lower=99.75, upper=100.0, limit=99.5, comparison=">", unit="%")
    )
    assert made is not None
    assert (made.limit, made.good_to) == (40.0, 100.0)
    assert made.observed == 100.0
    assert made.lower == 70.0


def test_an_interval_across_the_limit_crosses_the_line() -> None:
    """An interval on both sides of the limit is drawn on both sides."""
    made = bullet(judgement(observed=1.9, lower=1.5, upper=2.4))
    assert made is not None
    assert made.lower is not None
    assert made.upper is not None
    assert made.lower < made.limit < made.upper


def test_a_value_far_out_stays_in_the_picture() -> None:
    """Thirty times the limit is drawn at the edge."""
    made = bullet(judgement(observed=60.0, limit=0.001))
    assert made is not None
    assert made.observed == 100.0


@pytest.mark.parametrize("parts", [{"observed": None}, {"limit": None}, {"comparison": "=="}])
def test_nothing_is_drawn_where_there_is_nothing_to_compare(parts: dict[str, object]) -> None:
    """There is no graph without a value or a limit, or for an objective on one exact value."""
    assert bullet(judgement(**parts)) is None


@pytest.mark.parametrize("limit", [0.0, 100.0, -1.0])
def test_odd_limits_do_not_divide_by_nothing(limit: float) -> None:
    """A limit of 0 or of 100 % is drawn too."""
    for comparison in ("<", ">="):
        made = bullet(judgement(observed=limit, limit=limit, comparison=comparison, unit="%"))
        assert made is not None
