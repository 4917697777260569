"""Services out of the event log: states, restarts, use of resources, last log lines."""

from collections.abc import Iterable
from itertools import groupby
from typing import TypeVar

import numpy as np

from gonogo.vocabulary import Event
from gonogo.vocabulary.events import LogExcerpt, ResourceSampled, ServiceStateChanged
from gonogo_reports.reading import RunData
from gonogo_reports.schema import ServicePart, StatePart

S = TypeVar("S", ServiceStateChanged, ResourceSampled, LogExcerpt)

MEASURES = ("cpu_percent", "memory_percent", "rss_bytes", "threads", "fds")

_WORDS = {
    "up": ("ready", "healthy", "running", "up", "alive", "recovered"),
    "starting": ("start", "creat", "wait", "pending", "launch", "spawn"),
    "down": ("exit", "dead", "fail", "kill", "crash", "unhealthy", "oom", "down", "gone", "gave"),
    "off": ("stop", "paus", "remov", "heal"),
}


def state_class(state: str) -> str:
    """``up``, ``starting``, ``down``, ``off`` (on purpose) or ``other`` for the state's word."""
    word = state.lower()
    if word in _WORDS["up"]:
        return "up"
    for name in ("down", "off", "starting"):
        if any(part in word for part in _WORDS[name]):
            return name
    return "other"


def services(run: RunData) -> list[ServicePart]:
    """Every service of the plan or seen in an event, by name."""
    states = _by_service(run.events.of(ServiceStateChanged))
    samples = _by_service(run.events.of(ResourceSampled))
    logs = _by_service(run.events.of(LogExcerpt))
    planned = run.plan.services if run.plan else ()
    names = sorted({*planned, *states, *samples, *logs})
    return [
        _service(run, name, states.get(name, []), samples.get(name, []), logs.get(name, []))
        for name in names
    ]


def _by_service(events: Iterable[Event[S]]) -> dict[str, list[Event[S]]]:
    found: dict[str, list[Event[S]]] = {}
    for event in events:
        found.setdefault(event.what.service, []).append(event)
    return found


def _service(
    run: RunData,
    name: str,
    states: list[Event[ServiceStateChanged]],
    samples: list[Event[ResourceSampled]],
    logs: list[Event[LogExcerpt]],
) -> ServicePart:
    parts = [_state(run, event) for event in states]
    classes = [state for state, _ in groupby(state_class(part["state"]) for part in parts)]
    return {
        "service": name,
        "restarts": max(0, classes.count("up") - 1),
        "times_down": classes.count("down"),
        "last_state": parts[-1]["state"] if parts else "",
        "states": parts,
        "resources": _resources([event.what for event in samples]),
        "log": "\n".join("\n".join(event.what.lines) for event in logs),
    }


def _state(run: RunData, event: Event[ServiceStateChanged]) -> StatePart:
    change = event.what
    return {
        "at_s": run.at_s(event.mono_ns),
        "state": change.state,
        "exit_code": change.exit_code,
        "detail": change.detail,
        "log_tail": "\n".join(change.log_tail),
    }


def _resources(samples: list[ResourceSampled]) -> dict[str, float | int | None]:
    found: dict[str, float | int | None] = {"n": len(samples)}
    for measure in MEASURES:
        raw = [getattr(sample, measure) for sample in samples]
        values = np.array([each for each in raw if each is not None], dtype=np.float64)
        p95 = np.percentile(values, 95, method="inverted_cdf") if len(values) else None
        found[f"{measure}_p95"] = None if p95 is None else round(float(p95), 3)
        found[f"{measure}_max"] = round(float(values.max()), 3) if len(values) else None
    return found
