"""Judges and normalises one product row."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

REQUIRED_COLUMNS = ("Title", "SKU", "Price")


class RowError(ValueError):
    """Why a row is rejected."""


def normalise(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the row with clean values; raises RowError with the reason.

    Blanks are trimmed and collapsed, the price gets two decimals, the inventory becomes a
    whole number (0 where empty).
    """
    row = {name: " ".join(value.split()) for name, value in fields.items()}
    for name in ("Title", "SKU"):
        if not row[name]:
            raise RowError(f"missing {name.lower()}")
    row["Price"] = _price(row["Price"])
    if "Inventory" in row:
        row["Inventory"] = _inventory(row["Inventory"])
    return row


def _price(text: str) -> str:
    if not text:
        raise RowError("missing price")
    try:
        price = Decimal(text.removeprefix("$"))
    except InvalidOperation:
        raise RowError(f"price is not a number: {text!r}") from None
    if not price.is_finite():
        raise RowError(f"price is not a number: {text!r}")
    if price < 0:
        raise RowError(f"negative price: {text!r}")
    if price >= Decimal(10) ** 9:
        raise RowError(f"price is too large: {text!r}")
    return f"{price:.2f}"


def _inventory(text: str) -> str:
    if not text:
        return "0"
    if not text.isascii() or not text.removeprefix("-").isdigit():
        raise RowError(f"inventory is not a whole number: {text!r}")
    if text.startswith("-"):
        raise RowError(f"negative inventory: {text!r}")
    return str(int(text))
