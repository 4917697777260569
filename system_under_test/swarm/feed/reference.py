"""Matches products against a reference list of item numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from swarm.feed.reader import FeedError, read_feed, sound_rows

# Columns whose value may be the item number, in the order they are tried.
METHODS = ("SKU", "CWS_A", "CWS_Catalog", "SPRC")


@dataclass(frozen=True, slots=True)
class Match:
    """Which product column matched which reference row."""

    method: str
    matched_sku: str
    item_number: str
    reference_id: str
    description: str

    @property
    def columns(self) -> dict[str, str]:
        """The columns a match adds to a product."""
        return {
            "matchedSKU": self.matched_sku,
            "newsku": self.item_number,
            "MatchMethod": self.method,
            "ReferenceID": self.reference_id,
            "ReferenceDescription": self.description,
        }


def comparable(number: str) -> str:
    """Return an item number as it is compared: without hyphens, in upper case."""
    return number.replace("-", "").strip().upper()


class Reference:
    """Reference rows by comparable item number; the base part number finds one as well."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self._by_number: dict[str, dict[str, str]] = {}
        for column in ("ItemNumber", "BasePartNumber"):
            for row in rows:
                number = comparable(row.get(column, ""))
                if number:
                    self._by_number.setdefault(number, row)

    def match(self, product: Mapping[str, str]) -> Match | None:
        """Return the first match in the order of METHODS."""
        for method in METHODS:
            value = product.get(method, "")
            row = self._by_number.get(comparable(value)) if value else None
            if row is not None:
                return Match(
                    method=method,
                    matched_sku=value,
                    item_number=row["ItemNumber"],
                    reference_id=row.get("ID", ""),
                    description=row.get("Description", ""),
                )
        return None


def read_reference(path: Path) -> Reference:
    """Read a reference file; raises FeedError when it is not one."""
    feed = read_feed(path)
    if "ItemNumber" not in feed.columns:
        raise FeedError(f"{path.name}: line 1: the column ItemNumber is missing")
    return Reference([row.fields for row in sound_rows(feed, path.name)])
