"""Validates and normalises product rows, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from swarm.feed.dialect import OPTION_NUMBERS, is_shopify
from swarm.feed.reader import FeedError, FeedRow

REQUIRED_COLUMNS = ("Title", "SKU", "Price")
# The limit of the shop's type, a GraphQL Int.
INVENTORY_MAX = 2**31 - 1


class RowError(ValueError):
    """Why a row is rejected."""


class RowJudge:
    """Validates the rows of one file in their order.

    Rows of one Handle belong to one product: the first row describes it and is its first
    variant, later rows are further variants or, without price and option, further images. A
    product whose first row is bad has no description, so its later rows are rejected with it.
    A row needs a Handle or an SKU as its key.

    Args:
        columns: the file's own columns.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._shopify = is_shopify(columns)
        self._first: dict[str, int] = {}
        self._bad_first: dict[str, int] = {}
        self._variants: dict[tuple[str, ...], int] = {}

    def judge(self, row: FeedRow) -> dict[str, str]:
        """Return the row with clean values; raises RowError with the reason."""
        handle = " ".join(row.fields.get("Handle", "").split())
        is_first = not handle or handle not in self._first
        if handle:
            self._first.setdefault(handle, row.line)
        try:
            if row.problem is not None:
                raise RowError(row.problem)
            clean = self._clean(row, handle, is_first)
        except RowError:
            if handle and is_first:
                self._bad_first[handle] = row.line
            raise
        return clean

    def _clean(self, row: FeedRow, handle: str, is_first: bool) -> dict[str, str]:
        if self._shopify and not handle:
            raise RowError("missing handle")
        if handle in self._bad_first:
            raise RowError(f"first row of its product is rejected: line {self._bad_first[handle]}")
        clean = {name: " ".join(value.split()) for name, value in row.fields.items()}
        if not is_first and is_image_only(clean):
            return clean
        clean = normalise(clean, needs_title=is_first, needs_sku=not handle)
        if handle:
            self._check_variant(clean, handle, row.line)
        return clean

    def _check_variant(self, clean: Mapping[str, str], handle: str, line: int) -> None:
        values = tuple(clean.get(f"Option{n} Value", "").lower() for n in OPTION_NUMBERS)
        known = self._variants.setdefault((handle, *values), line)
        if known != line:
            raise RowError(f"variant is there already: line {known}")


def check_columns(columns: Sequence[str], file_name: str) -> None:
    """Raise FeedError unless the columns (under their canonical names) make a product feed."""
    missing = [name for name in REQUIRED_COLUMNS if name not in columns]
    if missing:
        raise FeedError(f"{file_name}: line 1: missing columns: {', '.join(missing)}")


def is_image_only(row: Mapping[str, str]) -> bool:
    """Whether a later row of a product only adds an image."""
    return bool(row.get("Image Src")) and not any(
        row.get(name) for name in ("SKU", "Price", "Option1 Value")
    )


def normalise(
    fields: Mapping[str, str], *, needs_title: bool = True, needs_sku: bool = True
) -> dict[str, str]:
    """Return the row with clean values; raises RowError with the reason.

    Blanks are trimmed and collapsed, the price gets two decimals, the inventory becomes a
    whole number (0 where empty).
    """
    row = {name: " ".join(value.split()) for name, value in fields.items()}
    if needs_title and not row["Title"]:
        raise RowError("missing title")
    if needs_sku and not row["SKU"]:
        raise RowError("missing sku")
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
    # Python raises for a number with thousands of digits.
    digits = text.lstrip("0") or "0"
    if len(digits) > len(str(INVENTORY_MAX)) or int(digits) > INVENTORY_MAX:
        raise RowError(f"inventory is too large: {text[:100]!r}")
    return digits
