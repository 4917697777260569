"""Objectives and stop conditions, parsed."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StopCondition:
    """Abort the run when the objective is violated over a sliding window for too long.

    Attributes:
        window_s: length of the sliding window the metric is taken over.
        abort_after_s: how long the violation must last.
    """

    window_s: float
    abort_after_s: float


@dataclass(frozen=True, slots=True)
class Objective:
    """One line of the objectives language.

    Attributes:
        text: the line as written; identifies the objective in reports.
        metric: name of a metric of the catalogue (``gonogo.judgement.METRICS``).
        aggregate: ``p50``, ``p95``, ``p99``, ``max``, ``mean`` or ``""``.
        labels: selector, label to shell pattern (``name``, ``phase``, ``fault``, ``service``).
        comparison: ``<``, ``<=``, ``>``, ``>=`` or ``==``.
        limit: in base units: seconds, or percent for rates and resources, or a count.
        unit: ``s``, ``%`` or ``""``.
        stop: stop condition, where the line has one.
    """

    text: str
    metric: str
    aggregate: str
    comparison: str
    limit: float
    unit: str
    labels: Mapping[str, str] = field(default_factory=dict)
    stop: StopCondition | None = None
