"""Loads: closed books and exact percentiles, on the judge's own reading of the records."""

import numpy as np
import numpy.typing as npt

from harness.judgement import RunView
from harness.vocabulary import Outcome
from reports._reading import RunData
from reports._schema import BooksPart, LoadPart, OperationPart, PercentilesPart

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
    recorded = records[row[row >= 0]]
    sent_s = requests.shown_s.copy()
    good = requests.succeeded
    sent_s[good] = (records[row[good]]["done_ns"] - records[row[good]]["sent_ns"]) / 1e9
    sent = recorded[recorded["sent_ns"] > 0]
    names, numbers = np.unique(recorded["outcome"], return_counts=True)
    outcomes = dict(zip(names.tolist(), numbers.tolist(), strict=True))
    return {
        "load": header.load,
        "phase": header.phase,
        "seed": header.seed,
        "rate_per_s": header.rate_per_s,
        "timeout_s": header.timeout_s,
        "started_s": _edge(run, load.schedule["intended_ns"][:1]),
        "finished_s": _edge(run, recorded["done_ns"]),
        "finished": load.finished,
        "stopped_early": load.stopped_early,
        "books": _books(view, index, outcomes),
        "outcomes": {_outcome_name(code): n for code, n in outcomes.items()},
        "from_intended": percentiles(requests.shown_s),
        "from_sent": percentiles(sent_s),
        "generator_lag": percentiles((sent["sent_ns"] - sent["intended_ns"]) / 1e9),
        "operations": [_operation(view, index, name) for name in header.names],
    }


def _operation(view: RunView, index: int, name: str) -> OperationPart:
    requests = view.requests.where(np.asarray(view.requests.load_id == index)).named(name)
    return {
        "name": name,
        "ledger": name in view.loads[index].header.ledger_names,
        "failed": int(np.count_nonzero(~requests.succeeded)),
        "from_intended": percentiles(requests.shown_s),
    }


def _edge(run: RunData, times_ns: npt.NDArray[np.int64]) -> float | None:
    return run.at_s(int(np.max(times_ns))) if len(times_ns) else None


def _books(view: RunView, index: int, outcomes: dict[int, int]) -> BooksPart:
    """Where each scheduled row ended; open when a record answers no row, or answers one twice."""
    load = view.loads[index]
    scheduled = len(load.schedule)
    answered = sum(outcomes.values())
    dropped = int(np.count_nonzero(load.dropped))
    not_due = int(np.count_nonzero(~load.due))
    ok = outcomes.get(Outcome.OK, 0)
    timed_out = outcomes.get(Outcome.TIMEOUT, 0)
    in_flight = outcomes.get(Outcome.IN_FLIGHT, 0)
    return {
        "scheduled": scheduled,
        "ok": ok,
        "failed": answered - ok - timed_out - in_flight,
        "timed_out": timed_out,
        "in_flight": in_flight + scheduled - answered - dropped - not_due,
        "dropped": dropped,
        "not_due": not_due,
        "closed": answered == len(load.records),
    }


def _outcome_name(code: int) -> str:
    return Outcome(code).name.lower() if code in set(Outcome) else f"code {code}"


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
