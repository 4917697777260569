"""Splits a feed into rows to keep and rows to reject, with the reason for each rejection."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from swarm.feed.dialect import canonical_columns, canonical_fields, is_shopify
from swarm.feed.files import replacing_text
from swarm.feed.reader import FeedRow, read_feed
from swarm.feed.reference import Match, Reference
from swarm.feed.rows import RowError, RowJudge, check_columns

MATCH_COLUMNS = ("matchedSKU", "newsku", "MatchMethod", "ReferenceID", "ReferenceDescription")
REPORT_EVERY_ROWS = 1000


@dataclass(frozen=True, slots=True)
class FilterResult:
    """Counts and files; rows = kept + rejected + unmatched."""

    rows: int
    kept: int
    rejected: int
    unmatched: int
    reasons: dict[str, int]
    encoding: str
    result_file: Path
    reject_file: Path


def filter_feed(
    source: Path, reference: Reference | None, directory: Path, report: Callable[[float], None]
) -> FilterResult:
    """Write ``products.csv`` and ``rejects.csv`` into ``directory``; raises FeedError.

    With a reference, rows that match nothing in it are left out and counted as unmatched. The
    files are written atomically, so a repeated attempt leaves the same files. Products come out
    under canonical column names, rejects under those of the source, to be corrected and sent
    again.
    """
    feed = read_feed(source)
    columns = canonical_columns(feed.columns, source.name)
    check_columns(columns, source.name)
    added = MATCH_COLUMNS if reference is not None else ()
    sieve = _Sieve(feed.columns, reference)
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    result_file, reject_file = directory / "products.csv", directory / "rejects.csv"
    with replacing_text(result_file) as results, replacing_text(reject_file) as rejects:
        kept = csv.DictWriter(results, [*columns, *added])
        kept.writeheader()
        rejected = csv.DictWriter(rejects, ["line", "reason", *feed.columns])
        rejected.writeheader()
        for row in feed.rows:
            counts["rows"] += 1
            if counts["rows"] % REPORT_EVERY_ROWS == 0:
                # The number of rows is not known before the end, so this value approaches 1.
                report(1 - REPORT_EVERY_ROWS / (counts["rows"] + REPORT_EVERY_ROWS))
            try:
                good = sieve.judge(row)
            except RowError as error:
                reasons[_category(error)] += 1
                rejected.writerow({"line": row.line, "reason": str(error), **row.fields})
                continue
            if good is None:
                counts["unmatched"] += 1
            else:
                counts["kept"] += 1
                kept.writerow(good)
    return FilterResult(
        rows=counts["rows"],
        kept=counts["kept"],
        rejected=reasons.total(),
        unmatched=counts["unmatched"],
        reasons=dict(sorted(reasons.items())),
        encoding=feed.encoding,
        result_file=result_file,
        reject_file=reject_file,
    )


class _Sieve:
    """Validates rows and matches them; a product's first row decides for all its rows."""

    def __init__(self, columns: tuple[str, ...], reference: Reference | None) -> None:
        self._shopify = is_shopify(columns)
        self._judge = RowJudge(columns)
        self._reference = reference
        self._matches: dict[str, Match | None] = {}

    def judge(self, row: FeedRow) -> dict[str, str] | None:
        """Return the product row, None when the reference has no match."""
        if self._shopify:
            row = FeedRow(row.line, canonical_fields(row.fields), row.problem)
        product = self._judge.judge(row)
        if self._reference is None:
            return product
        handle = product.get("Handle")
        if not handle:
            match = self._reference.match(product)
        else:
            if handle not in self._matches:
                self._matches[handle] = self._reference.match(product)
            match = self._matches[handle]
        return None if match is None else {**product, **match.columns}


def _category(error: RowError) -> str:
    return str(error).split(":", maxsplit=1)[0]
