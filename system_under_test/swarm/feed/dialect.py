"""Column names: a supplier's feed and Shopify's product CSV are read into the same names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from swarm.feed.reader import FeedError

SHOPIFY_NAMES = MappingProxyType(
    {
        "Body (HTML)": "Description",
        "Variant SKU": "SKU",
        "Variant Price": "Price",
        "Variant Inventory Qty": "Inventory",
    }
)
OPTION_NUMBERS = (1, 2, 3)


def is_shopify(columns: Sequence[str]) -> bool:
    """Whether these are the columns of Shopify's own product CSV."""
    return "Handle" in columns and "Variant Price" in columns


def canonical_columns(columns: Sequence[str], file_name: str) -> tuple[str, ...]:
    """Return the names this package uses; raises FeedError when two columns get the same name."""
    if not is_shopify(columns):
        return tuple(columns)
    names = tuple(SHOPIFY_NAMES.get(name, name) for name in columns)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FeedError(f"{file_name}: line 1: two columns mean the same: {', '.join(twice)}")
    return names


def canonical_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """Return a row of Shopify's CSV under the names this package uses."""
    return {SHOPIFY_NAMES.get(name, name): value for name, value in fields.items()}
