"""Categories: each product gets the category of the taxonomy that matches its words best."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from swarm.feed.dialect import canonical_columns, canonical_fields, is_shopify
from swarm.feed.files import write_rows
from swarm.feed.reader import FeedError, read_feed, sound_rows

CATEGORY = "Category"
METHOD = "CategoryMethod"
# Columns whose words are searched for keywords, in this order.
SOURCES = ("Type", "Title")


@dataclass(frozen=True, slots=True)
class CategoryResult:
    """Counts of rows by category ('' for none) and the file."""

    rows: int
    counts: dict[str, int]
    result_file: Path


class Taxonomy:
    """Categories by keyword; a longer keyword wins over a shorter one.

    Args:
        keywords: category by keyword, both as written.
    """

    def __init__(self, keywords: Mapping[str, str]) -> None:
        ordered = sorted(keywords.items(), key=lambda each: (-len(each[0]), each[0]))
        self._patterns = [
            (re.compile(rf"\b{re.escape(keyword)}\b", re.IGNORECASE), category)
            for keyword, category in ordered
        ]

    def categorise(self, row: Mapping[str, str]) -> tuple[str, str]:
        """Return the category and the column that matched; both empty when nothing matches."""
        for column in SOURCES:
            text = row.get(column, "")
            for pattern, category in self._patterns:
                if pattern.search(text):
                    return category, column
        return "", ""


def read_taxonomy(path: Path) -> Taxonomy:
    """Read a CSV with Category and Keywords (separated by ';'); raises FeedError."""
    feed = read_feed(path)
    missing = [name for name in ("Category", "Keywords") if name not in feed.columns]
    if missing:
        raise FeedError(f"{path.name}: line 1: missing columns: {', '.join(missing)}")
    keywords: dict[str, str] = {}
    for row in sound_rows(feed, path.name):
        for keyword in row.fields["Keywords"].split(";"):
            if keyword.strip():
                keywords.setdefault(keyword.strip(), row.fields["Category"])
    return Taxonomy(keywords)


def categorise(source: Path, taxonomy: Taxonomy | None, directory: Path) -> CategoryResult:
    """Write ``categories.csv`` into ``directory``; raises FeedError.

    Without a taxonomy a product's Type is its category.
    """
    feed = read_feed(source)
    renamed = is_shopify(feed.columns)
    columns = canonical_columns(feed.columns, source.name)
    if CATEGORY in columns:
        raise FeedError(f"{source.name}: line 1: the column {CATEGORY} is there already")
    counts: Counter[str] = Counter()
    rows = []
    for row in sound_rows(feed, source.name):
        fields = canonical_fields(row.fields) if renamed else row.fields
        if taxonomy is not None:
            category, method = taxonomy.categorise(fields)
        else:
            category = fields.get("Type", "")
            method = "Type" if category else ""
        counts[category] += 1
        rows.append({**fields, CATEGORY: category, METHOD: method})
    result_file = directory / "categories.csv"
    write_rows(result_file, [*columns, CATEGORY, METHOD], rows)
    return CategoryResult(len(rows), dict(sorted(counts.items())), result_file)
