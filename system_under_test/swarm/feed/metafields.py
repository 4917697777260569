"""Metafield columns become one JSON metafield."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from swarm.feed.dialect import canonical_columns, canonical_fields, is_shopify
from swarm.feed.files import write_rows
from swarm.feed.reader import FeedError, read_feed, sound_rows

PREFIX = "Metafield:"
NAMESPACE = "custom"
# The column of the result; it has the name of the metafield.
PRODUCT_INFO = "custom.product_info"
REPORT_EVERY_ROWS = 1000


@dataclass(frozen=True, slots=True)
class MetafieldResult:
    """Counts and costs; ``with_info`` rows got a metafield that is not empty.

    The milliseconds are CPU time, so they do not depend on other processes.
    """

    rows: int
    with_info: int
    cpu_ms_per_row_mean: float
    cpu_ms_per_row_max: float
    result_file: Path


class Nesting:
    """Where each metafield column goes: ``Metafield: custom.a.b`` is b in a.

    Args:
        columns: names of all columns.
        file_name: for errors.

    Raises:
        FeedError: a column has another namespace, or is a value where another is a group.
    """

    def __init__(self, columns: Sequence[str], file_name: str) -> None:
        self.columns = tuple(name for name in columns if name.startswith(PREFIX))
        self._paths = {name: _path(name, file_name) for name in self.columns}
        for shorter, longer in pairwise(sorted(self._paths.values())):
            if longer[: len(shorter)] == shorter:
                names = ".".join((NAMESPACE, *shorter)), ".".join((NAMESPACE, *longer))
                raise FeedError(f"{file_name}: line 1: {names[0]} cannot hold {names[1]} as well")

    def nest(self, row: Mapping[str, str]) -> dict[str, Any]:
        """Return the nested values of one row; empty ones are left out."""
        info: dict[str, Any] = {}
        for name, path in self._paths.items():
            if row[name]:
                group = info
                for part in path[:-1]:
                    group = group.setdefault(part, {})
                group[path[-1]] = row[name]
        return info


def _path(column: str, file_name: str) -> tuple[str, ...]:
    namespace, *path = column.removeprefix(PREFIX).strip().split(".")
    if namespace != NAMESPACE or not path or "" in path:
        raise FeedError(
            f"{file_name}: line 1: {column!r} is not of the form '{PREFIX} {NAMESPACE}.name' "
            f"or '{PREFIX} {NAMESPACE}.group.name'"
        )
    return tuple(path)


def create_metafields(
    source: Path, directory: Path, report: Callable[[float], None]
) -> MetafieldResult:
    """Write ``metafields.csv`` into ``directory``; raises FeedError.

    The metafield columns are replaced by the column ``custom.product_info``, JSON with sorted
    names, empty where a row has no metafield.
    """
    feed = read_feed(source)
    renamed = is_shopify(feed.columns)
    columns = canonical_columns(feed.columns, source.name)
    nesting = Nesting(columns, source.name)
    if PRODUCT_INFO in columns:
        raise FeedError(f"{source.name}: line 1: the column {PRODUCT_INFO} is there already")
    others = [name for name in columns if name not in nesting.columns]
    rows: list[dict[str, str]] = []
    costs_ms: list[float] = []
    for row in sound_rows(feed, source.name):
        begun_s = time.thread_time()
        fields = canonical_fields(row.fields) if renamed else row.fields
        info = nesting.nest(fields)
        text = json.dumps(info, ensure_ascii=False, sort_keys=True) if info else ""
        rows.append({**{name: fields[name] for name in others}, PRODUCT_INFO: text})
        costs_ms.append((time.thread_time() - begun_s) * 1000)
        if len(rows) % REPORT_EVERY_ROWS == 0:
            # The number of rows is not known before the end, so this value approaches 1.
            report(1 - REPORT_EVERY_ROWS / (len(rows) + REPORT_EVERY_ROWS))
    result_file = directory / "metafields.csv"
    write_rows(result_file, [*others, PRODUCT_INFO], rows)
    return MetafieldResult(
        rows=len(rows),
        with_info=sum(1 for row in rows if row[PRODUCT_INFO]),
        cpu_ms_per_row_mean=round(sum(costs_ms) / max(1, len(costs_ms)), 3),
        cpu_ms_per_row_max=round(max(costs_ms, default=0.0), 3),
        result_file=result_file,
    )
