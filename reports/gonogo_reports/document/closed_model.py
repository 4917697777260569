"""A closed-model load, measured in three ways: by the tool, by us, and by the open model.

The tool's own statistics are shown, but nothing is judged by them: its percentiles are rounded, and
it does not count requests that were in flight when it stopped.
"""

from typing import Any

import numpy as np

from gonogo.judgement import Load, RunView, users_at_once
from gonogo.vocabulary import Outcome
from gonogo.vocabulary.events import FigureRow
from gonogo_reports.document.schema import ClosedPart, ComparisonPart, RequestStatisticsPart

_ALL = "all"
_TOTAL = "Aggregated"  # the tool's name for the row of all operations together
_CUTS = (50, 95, 99)


def closed_model(view: RunView, index: int) -> ClosedPart | None:
    """What only a closed-model load has; None for an open-model load."""
    load = view.loads[index]
    if not load.closed_model:
        return None
    told = load.figures
    rows = {row.name: row for row in told.rows} if told else {}
    open_index = next((i for i, each in enumerate(view.loads) if not each.closed_model), None)
    return {
        "users": load.header.users,
        "users_at_once": users_at_once(load),
        "workers": load.header.workers,
        "lost": [f"{each.name} after {each.after_s:.1f} s: {each.why}" for each in load.lost],
        "tool": told.tool if told else "",
        "comparison": [
            _compared(view, load, name, rows.get(_TOTAL if name == _ALL else name), open_index)
            for name in (_ALL, *load.header.names)
        ],
    }


def _compared(
    view: RunView, load: Load, name: str, row: FigureRow | None, open_index: int | None
) -> ComparisonPart:
    return {
        "name": name,
        "tool": _of_tool(row) if row else None,
        "exact": _exact(load, name),
        "open": None if open_index is None else _open(view, open_index, name),
    }


def _of_tool(row: FigureRow) -> RequestStatisticsPart:
    return {
        "requests": row.requests,
        "failures": row.failures,
        "p50_s": _seconds(row.p50_ms),
        "p95_s": _seconds(row.p95_ms),
        "p99_s": _seconds(row.p99_ms),
        "per_s": None if row.rps is None else round(row.rps, 1),
    }


def _seconds(latency_ms: float | None) -> float | None:
    return None if latency_ms is None else latency_ms / 1e3


def _exact(load: Load, name: str) -> RequestStatisticsPart:
    """Of the same requests, timed as the tool does it: from the time of sending."""
    rows, records = load.schedule, load.records
    if name != _ALL:
        name_id = load.header.names.index(name)
        rows, records = rows[rows["name_id"] == name_id], records[records["name_id"] == name_id]
    ok = int(np.count_nonzero(records["outcome"] == int(Outcome.OK)))
    latency_s = (records["done_ns"] - records["sent_ns"]) / 1e9
    span_s = (load.end_ns - int(np.min(load.schedule["intended_ns"], initial=load.end_ns))) / 1e9
    return _statistics(len(rows), len(rows) - ok, latency_s, span_s)


def _open(view: RunView, index: int, name: str) -> RequestStatisticsPart | None:
    """Of the open-model load, timed from each intended start; None where it has no such request."""
    load = view.loads[index]
    requests = view.requests.where(np.asarray(view.requests.load_id == index))
    if name != _ALL and name not in load.header.names:
        return None
    if name != _ALL:
        requests = requests.named(name)
    if not len(requests):
        return None
    span_s = float(np.ptp(load.schedule["intended_ns"])) / 1e9
    bad = int(np.count_nonzero(~requests.succeeded))
    return _statistics(len(requests), bad, requests.shown_s, span_s)


def _statistics(
    requests: int, failures: int, latency_s: Any, span_s: float
) -> RequestStatisticsPart:
    cuts: list[float | None] = [None] * len(_CUTS)
    if len(latency_s):
        cuts = np.percentile(latency_s, _CUTS, method="inverted_cdf").round(6).tolist()
    return {
        "requests": requests,
        "failures": failures,
        "p50_s": cuts[0],
        "p95_s": cuts[1],
        "p99_s": cuts[2],
        "per_s": round(requests / span_s, 1) if span_s > 0 else None,
    }
