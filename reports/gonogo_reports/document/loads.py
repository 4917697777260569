"""The loads in the document: where every request ended, and exact percentiles.

Both come from the records as the judge reads them.
"""

import numpy as np
import numpy.typing as npt

from gonogo.judgement import Books, Load, Requests, RunView
from gonogo.vocabulary import Outcome
from gonogo_reports.document.closed_model import closed_model
from gonogo_reports.document.run_data import RunData
from gonogo_reports.document.schema import BooksPart, LoadPart, OperationPart, PercentilesPart

Seconds = npt.NDArray[np.float64]

_CUTS = (50, 90, 95, 99, 100)


def loads(run: RunData) -> list[LoadPart]:
    """Every load in the order it began; none where the records could not be read."""
    view = run.view
    return [] if view is None else [_load(run, view, i) for i in range(len(view.loads))]


def _load(run: RunData, view: RunView, index: int) -> LoadPart:
    load = view.loads[index]
    header, records = load.header, load.records
    requests = view.requests.where(np.asarray(view.requests.load_id == index))
    row = load.record_of[load.due]
    sent_s = requests.shown_s.copy()
    good = requests.succeeded
    sent_s[good] = (records["done_ns"] - records["sent_ns"])[row[good]] / 1e9
    sent = records[records["sent_ns"] > 0]
    return {
        "load": header.load,
        "phase": header.phase,
        "seed": header.seed,
        "rate_per_s": header.rate_per_s,
        "timeout_s": header.timeout_s,
        "started_s": _edge(run, load.schedule["intended_ns"][:1]),
        "finished_s": _edge(run, records["done_ns"]),
        "finished": load.finished,
        "stopped_early": load.stopped_early,
        "books": _books(load),
        "outcomes": _outcomes(records["outcome"]),
        "from_intended": percentiles(requests.shown_s[~requests.unknown]),
        "from_sent": percentiles(sent_s[~requests.unknown]),
        "generator_lag": percentiles((sent["sent_ns"] - sent["intended_ns"]) / 1e9),
        "operations": [_operation(load, requests, name) for name in header.names],
        "closed_model": closed_model(view, index),
    }


def _operation(load: Load, requests: Requests, name: str) -> OperationPart:
    mine = requests.named(name)
    return {
        "name": name,
        "ledger": name in load.header.ledger_names,
        "failed": int(np.count_nonzero(mine.failed)),
        "from_intended": percentiles(mine.shown_s[~mine.unknown]),
    }


def _edge(run: RunData, times_ns: npt.NDArray[np.int64]) -> float | None:
    return run.at_s(int(np.max(times_ns))) if len(times_ns) else None


def _books(load: Load) -> BooksPart:
    books = Books.of(load)
    return {
        "scheduled": len(load.schedule),
        "not_due": len(load.schedule) - books.scheduled,
        "due": books.scheduled,
        "ok": books.ok,
        "failed": books.failed,
        "timed_out": books.timed_out,
        "in_flight": books.in_flight,
        "dropped": books.dropped,
        "closed": books.close,
    }


def _outcomes(codes: npt.NDArray[np.uint8]) -> dict[str, int]:
    """Records by outcome; a code this version does not know keeps its number."""
    found, counts = np.unique(codes, return_counts=True)
    known = {int(outcome): outcome.name.lower() for outcome in Outcome}
    pairs = zip(found.tolist(), counts.tolist(), strict=True)
    return {known.get(code, f"code {code}"): count for code, count in pairs}


def percentiles(values: Seconds) -> PercentilesPart:
    """Exact percentiles by inverted CDF: each is a value that was measured."""
    cuts: list[float | None] = [None] * len(_CUTS)
    if len(values):
        exact = np.percentile(values, _CUTS, method="inverted_cdf")
        cuts = [round(cut, 6) for cut in exact.tolist()]
    p50, p90, p95, p99, most = cuts
    return {
        "n": len(values),
        "p50_s": p50,
        "p90_s": p90,
        "p95_s": p95,
        "p99_s": p99,
        "max_s": most,
    }
