"""The services in the document: their states, restarts, use of resources, last log lines."""

from collections.abc import Iterable
from itertools import groupby
from typing import TypeVar

import numpy as np

from gonogo.vocabulary import Event
from gonogo.vocabulary.events import LogExcerpt, ResourceSampled, ServiceStateChanged
from gonogo_reports.document.run_data import RunData
from gonogo_reports.document.schema import ServicePart, StatePart
from gonogo_reports.document.service_states import state_class

S = TypeVar("S", ServiceStateChanged, ResourceSampled, LogExcerpt)

_RESOURCES = ("cpu_percent", "memory_percent", "rss_bytes", "threads", "fds")


def services(run: RunData) -> list[ServicePart]:
    """Every service that the plan or an event names, sorted by name."""
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
    for resource in _RESOURCES:
        raw = [getattr(sample, resource) for sample in samples]
        values = np.array([each for each in raw if each is not None], dtype=np.float64)
        p95 = np.percentile(values, 95, method="inverted_cdf") if len(values) else None
        found[f"{resource}_p95"] = None if p95 is None else round(float(p95), 3)
        found[f"{resource}_max"] = round(float(values.max()), 3) if len(values) else None
    return found
