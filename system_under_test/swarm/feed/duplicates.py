"""Duplicates: of several products with one item number, the best match is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from swarm.feed.files import write_rows
from swarm.feed.reader import FeedError, FeedRow, read_feed, sound_rows
from swarm.feed.reference import comparable

PRIORITIES = MappingProxyType({"SKU": 1, "CWS_A": 2, "SPRC": 3})
PRIORITY_OTHER = 99


@dataclass(frozen=True, slots=True)
class DuplicateResult:
    """Counts of rows and files; rows = kept + removed."""

    rows: int
    kept: int
    removed: int
    result_file: Path
    removed_file: Path


@dataclass(frozen=True, slots=True)
class _Product:
    """What decides between duplicates: the product's line, item number and match method."""

    key: str
    line: int
    number: str
    method: str

    @property
    def rank(self) -> tuple[int, int]:
        return priority(self.method), self.line


def priority(method: str) -> int:
    """Return the rank of a match method; lower is better."""
    return PRIORITIES.get(method, PRIORITY_OTHER)


def drop_duplicates(source: Path, directory: Path) -> DuplicateResult:
    """Write ``unique.csv`` and ``duplicates.csv`` into ``directory``; raises FeedError.

    Products with the same newsku (where no filter added one, the same SKU) are duplicates. The
    one with the best match method stays, of equal ones the first; all rows of the others go to
    the second file, each with the line of the product that stayed. Products without a number
    stay.
    """
    feed = read_feed(source)
    number_column = "newsku" if "newsku" in feed.columns else "SKU"
    if number_column not in feed.columns:
        raise FeedError(f"{source.name}: line 1: neither the column newsku nor SKU is there")
    rows = list(sound_rows(feed, source.name))
    products: dict[str, _Product] = {}
    for row in rows:
        key = _key(row)
        if key not in products:
            method = row.fields.get("MatchMethod", "")
            number = comparable(row.fields[number_column])
            products[key] = _Product(key, row.line, number, method)
    best: dict[str, _Product] = {}
    for product in products.values():
        if product.number:
            known = best.setdefault(product.number, product)
            best[product.number] = min(known, product, key=lambda each: each.rank)
    kept: list[Mapping[str, object]] = []
    removed: list[Mapping[str, object]] = []
    for row in rows:
        product = products[_key(row)]
        winner = best.get(product.number, product)
        if winner is product:
            kept.append(row.fields)
        else:
            removed.append({"line": row.line, "kept_line": winner.line, **row.fields})
    result_file, removed_file = directory / "unique.csv", directory / "duplicates.csv"
    write_rows(result_file, feed.columns, kept)
    write_rows(removed_file, ["line", "kept_line", *feed.columns], removed)
    return DuplicateResult(len(rows), len(kept), len(removed), result_file, removed_file)


def _key(row: FeedRow) -> str:
    return row.fields.get("Handle") or f"line {row.line}"
