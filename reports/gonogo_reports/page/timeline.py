"""The data of the timeline: everything on one time axis, in buckets of whole seconds."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from gonogo.vocabulary.events import ResourceSampled
from gonogo_reports.document import Document, RunData, state_class

_BUCKETS_MAX = 600  # one bucket for one or two pixels of a wide screen

Series = list[float | None]


def timeline(run: RunData, document: Document) -> dict[str, Any]:
    """Series of equal length: one value for each bucket, None where there is none.

    Keys: ``duration_s``, ``bucket_s``, ``phases``, ``faults``, ``services`` (spans), ``stops``;
    ``latency`` (``p50 p95 max`` in seconds, by intended start), ``requests`` (``ok failed`` per
    second), ``cpu`` and ``memory`` (percent by service, maximum of the bucket).
    """
    bucket_s = max(1, math.ceil(run.duration_s / _BUCKETS_MAX))
    buckets = max(1, math.ceil((run.duration_s + 1e-9) / bucket_s))
    return {
        "duration_s": run.duration_s,
        "bucket_s": bucket_s,
        "phases": [
            {"name": p["phase"], "a": p["started_s"], "b": p["finished_s"] or run.duration_s}
            for p in document["phases"]
            if p["started_s"] is not None
        ],
        "faults": [_fault(part, run.duration_s) for part in document["faults"]],
        "stops": [
            {"at": n["at_s"], "text": n["text"]} for n in document["notes"] if n["kind"] == "stop"
        ],
        **_requests(run, bucket_s, buckets),
        "cpu": _resource(run, lambda sample: sample.cpu_percent, bucket_s, buckets),
        "memory": _resource(run, lambda sample: sample.memory_percent, bucket_s, buckets),
        "services": [
            {"name": s["service"], "spans": _spans(s["states"], run.duration_s)}
            for s in document["services"]
            if s["states"]
        ],
    }


def _fault(part: Any, end_s: float) -> dict[str, Any]:
    keys = ("intent_s", "armed_s", "observed_s", "healed_s", "absent_s")
    times = {key.removesuffix("_s"): part[key] for key in keys}
    return {
        "label": part["label"],
        "services": part["services"],
        "bit": part["bite"]["proven"],
        "gone": part["absence"]["proven"],
        "a": next((t for t in (part["armed_s"], part["intent_s"]) if t is not None), 0.0),
        "b": next((t for t in (part["healed_s"], part["absent_s"]) if t is not None), end_s),
        **times,
    }


def _spans(states: Any, end_s: float) -> list[dict[str, Any]]:
    ends = [state["at_s"] for state in states[1:]] + [end_s]
    return [
        {
            "a": state["at_s"],
            "b": max(state["at_s"], end),
            "state": state["state"],
            "is": state_class(state["state"]),
            "detail": state["detail"],
            "exit": state["exit_code"],
        }
        for state, end in zip(states, ends, strict=True)
    ]


def _requests(run: RunData, bucket_s: int, buckets: int) -> dict[str, Any]:
    # A request without a known end is neither ok nor failed, and has no known latency.
    requests = run.view.requests.where(~run.view.requests.unknown) if run.view else None
    if requests is None or not len(requests):
        return {"latency": None, "requests": None}
    index = _index(requests.intended_ns, run.origin_ns, bucket_s, buckets)
    latency, failed = requests.least_s, requests.failed
    order = np.lexsort((latency, index))
    index, latency, failed = index[order], latency[order], failed[order]
    edges = np.searchsorted(index, np.arange(buckets + 1))
    series: dict[str, Series] = {"p50": [], "p95": [], "max": []}
    for low, high in pairwise(edges):
        for name, rank in (("p50", 0.5), ("p95", 0.95), ("max", 1.0)):
            series[name].append(_rank(latency[low:high], rank))
    total = np.bincount(index, minlength=buckets)
    bad = np.bincount(index[failed], minlength=buckets)
    per_s = [round(n / bucket_s, 3) for n in (total - bad).tolist()]
    return {
        "latency": series,
        "requests": {"ok": per_s, "failed": [round(n / bucket_s, 3) for n in bad.tolist()]},
    }


def _index(
    times_ns: npt.NDArray[np.int64], origin_ns: int, bucket_s: int, buckets: int
) -> npt.NDArray[np.int64]:
    return np.clip((times_ns - origin_ns) // (bucket_s * 1_000_000_000), 0, buckets - 1)


def _rank(ordered: npt.NDArray[np.float64], share: float) -> float | None:
    """The value at that rank (inverted CDF) of values in ascending order."""
    if not len(ordered):
        return None
    return round(float(ordered[max(0, math.ceil(share * len(ordered)) - 1)]), 6)


def _resource(
    run: RunData,
    measure: Callable[[ResourceSampled], float | None],
    bucket_s: int,
    buckets: int,
) -> dict[str, Series]:
    found: dict[str, Series] = {}
    for event in run.events.of(ResourceSampled):
        value = measure(event.what)
        if value is None:
            continue
        series = found.setdefault(event.what.service, [None] * buckets)
        at = min(buckets - 1, max(0, int(run.at_s(event.mono_ns) // bucket_s)))
        series[at] = round(max(value, series[at] or 0.0), 2)
    return dict(sorted(found.items()))
