"""Numbers as text for people: three significant digits and a unit, with a no-break space."""

import math

NO_DATA = "no data"
DASH = "\u2013"
_SPACE = "\u00a0"


def duration(seconds: float | None) -> str:
    """``412 ms``, ``1.84 s``, ``4 min 03 s``."""
    if seconds is None:
        return NO_DATA
    if not math.isfinite(seconds):
        return str(seconds)
    size = abs(seconds)
    if size >= 120:
        minutes, rest = divmod(round(seconds), 60)
        return f"{minutes}{_SPACE}min {rest:02d}{_SPACE}s"
    if size >= 1:
        return f"{_significant(seconds)}{_SPACE}s"
    if size >= 1e-3 or size == 0:
        return f"{_significant(seconds * 1e3)}{_SPACE}ms"
    return f"{_significant(seconds * 1e6)}{_SPACE}µs"


def value(number: float | None, unit: str) -> str:
    """A value in the unit of an objective: ``s``, ``%`` or ``""``."""
    if number is None:
        return NO_DATA
    if unit == "s":
        return duration(number)
    return f"{_significant(number)}{_SPACE}{unit}" if unit else _significant(number)


def interval(lower: float | None, upper: float | None, unit: str) -> str:
    """Both ends of an interval; ``""`` where there is none, or where both ends are the same."""
    if lower is None or upper is None or lower == upper:
        return ""
    return f"{value(lower, unit)} {DASH} {value(upper, unit)}"


def share(part: float | None) -> str:
    """A signed share of the limit: ``+38 %``."""
    if part is None:
        return DASH
    digits = 1 if 0 < abs(part) < 0.1 else 0
    return f"{part * 100:+.{digits}f}{_SPACE}%"


def count(number: int) -> str:
    """``12,345``."""
    return f"{number:,}"


def plural(number: int, noun: str) -> str:
    """``1 test``, ``1,234 tests``."""
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def size(number: float | None) -> str:
    """Bytes as ``81.2 MiB``."""
    if number is None:
        return NO_DATA
    amount, unit = float(number), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{_significant(amount)}{_SPACE}{unit}"


def _significant(number: float) -> str:
    """Three significant digits, all digits of the whole part, and two decimals close to 100."""
    if not math.isfinite(number):
        return str(number)
    if number == int(number) and abs(number) < 1e15:
        return f"{int(number):,}"
    digits = 2 if abs(number) < 10 or 90 < abs(number) < 100 else 1 if abs(number) < 100 else 0
    if abs(number) < 0.1:
        return f"{number:.2g}"
    text = f"{number:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
