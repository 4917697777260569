"""What an objective may be about: one table of metrics for parser, judges and error messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

AGGREGATES = ("p50", "p90", "p95", "p99", "p99.9", "max", "mean")

_LESS = ("<", "<=")
_MORE = (">", ">=")


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of the objectives language.

    Attributes:
        unit: ``s``, ``%`` or ``""``: what its limit must be in.
        comparisons: the operators that demand something good of it. The others are refused:
            ``availability < 99%`` would open the gate for a system that is down.
        labels: selector keys it understands.
        argument: label that ``metric(ARGUMENT)`` sets; ``""`` where it takes none.
        required: label without which it means nothing.
        aggregated: whether it needs one of ``AGGREGATES``.
        stoppable: whether it can be watched while the run goes on.
    """

    unit: str
    comparisons: tuple[str, ...]
    labels: tuple[str, ...]
    argument: str = ""
    required: str = ""
    aggregated: bool = False
    stoppable: bool = True


_RESOURCE = Metric("%", _LESS, ("service", "phase"), "service", "service", aggregated=True)

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "availability": Metric("%", _MORE, ("name", "phase")),
        "cpu": _RESOURCE,
        "error_rate": Metric("%", _LESS, ("name", "phase")),
        "lost_writes": Metric("", ("==", *_LESS), (), stoppable=False),
        "memory": _RESOURCE,
        "recovery": Metric("s", _LESS, ("fault", "name"), stoppable=False),
        "response": Metric("s", _LESS, ("name", "phase"), aggregated=True),
        "users": Metric("", _MORE, ("phase",), required="phase", stoppable=False),
    }
)

REQUEST_METRICS = ("availability", "error_rate", "response")
RESOURCE_METRICS = ("cpu", "memory")


def quantile(aggregate: str) -> float | None:
    """``p99.9`` as 0.999; None for ``max`` and ``mean``."""
    return float(aggregate[1:]) / 100.0 if aggregate.startswith("p") else None
