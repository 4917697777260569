"""Splits a feed into rows to keep and rows to reject, each with its reason."""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from swarm.feed.reader import FeedError, FeedRow, read_feed
from swarm.feed.reference import Reference
from swarm.feed.rows import REQUIRED_COLUMNS, RowError, normalise

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

    With a reference, rows it does not know are left out and counted as unmatched. The files
    appear whole or not at all, so a repeated attempt leaves the same files.
    """
    feed = read_feed(source)
    missing = [name for name in REQUIRED_COLUMNS if name not in feed.columns]
    if missing:
        raise FeedError(f"{source.name}: line 1: missing columns: {', '.join(missing)}")
    added = MATCH_COLUMNS if reference is not None else ()
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    result_file, reject_file = directory / "products.csv", directory / "rejects.csv"
    with _replacing(result_file) as results, _replacing(reject_file) as rejects:
        kept = csv.DictWriter(results, [*feed.columns, *added])
        kept.writeheader()
        rejected = csv.DictWriter(rejects, ["line", "reason", *feed.columns])
        rejected.writeheader()
        for row in feed.rows:
            counts["rows"] += 1
            if counts["rows"] % REPORT_EVERY_ROWS == 0:
                # The number of rows is unknown until the end; this only ever approaches 1.
                report(1 - REPORT_EVERY_ROWS / (counts["rows"] + REPORT_EVERY_ROWS))
            try:
                good = _judge(row, reference)
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


def _judge(row: FeedRow, reference: Reference | None) -> dict[str, str] | None:
    if row.problem is not None:
        raise RowError(row.problem)
    product = normalise(row.fields)
    if reference is None:
        return product
    match = reference.match(product)
    return None if match is None else {**product, **match.columns}


def _category(error: RowError) -> str:
    return str(error).split(":", maxsplit=1)[0]


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    # Two attempts may overlap when a lease is lost, in different containers even: each writes a
    # temporary file of its own.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as lines:
            yield lines
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
