"""Numbers as text: three digits and a unit, and never an exception."""

import math

import pytest

from gonogo_reports import readable


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "no data"),
        (0.0, "0 ms"),
        (0.0000421, "42.1 µs"),
        (0.0347, "34.7 ms"),
        (0.412, "412 ms"),
        (1.84, "1.84 s"),
        (30.0, "30 s"),
        (119.96, "120 s"),
        (243.2, "4 min 03 s"),
        (math.inf, "inf"),
        (math.nan, "nan"),
    ],
)
def test_a_duration_reads_as_a_person_says_it(seconds: float | None, text: str) -> None:
    """The unit follows the size."""
    assert readable.duration(seconds).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [(99.75, "%", "99.75 %"), (0.24933, "%", "0.25 %"), (0.031, "%", "0.031 %"), (3, "", "3")],
)
def test_a_value_keeps_what_decides(number: float, unit: str, text: str) -> None:
    """Percentages near their limit keep two decimals."""
    assert readable.value(number, unit).replace("\u00a0", " ") == text


def test_an_interval_without_width_is_no_interval() -> None:
    """An interval with equal ends is not shown."""
    assert readable.interval(1.0, 1.0, "s") == ""
    assert readable.interval(None, 1.0, "s") == ""


def test_a_small_margin_is_not_rounded_to_none() -> None:
    """Half a percent is not zero."""
    assert readable.share(0.005) == "+0.5\u00a0%"
    assert readable.share(None) == "–"  # noqa: RUF001 - a dash is meant
