"""A metric: what an objective may be about. Each is one file of ``metrics/``."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from gonogo.judgement.estimate import undecided
from gonogo.judgement.live_run import LiveRun
from gonogo.judgement.run_view import RunView
from gonogo.vocabulary import Judgement, Objective, PlannedEvidence

AT_MOST = ("<", "<=")
AT_LEAST = (">", ">=")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSpec:
    """How a line of the objectives language may use a metric.

    Attributes:
        name: as it is written in an objective.
        unit: ``s``, ``%`` or ``""``: what the limit must be in.
        comparisons: the operators that ask for something good. The others are refused:
            ``availability < 99%`` would pass a system that is down.
        labels: selector keys it understands.
        argument: label that ``metric(ARGUMENT)`` sets; ``""`` where it takes none.
        required: label without which it means nothing; ``""`` where there is none.
        aggregated: whether it needs an aggregate, such as ``p95``.
        limit_between: both ends excluded; None when every limit can be shown to hold.
    """

    name: str
    unit: str
    comparisons: tuple[str, ...]
    labels: tuple[str, ...] = ()
    argument: str = ""
    required: str = ""
    aggregated: bool = False
    limit_between: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class SampleSize:
    """What a planned run gives one match of an objective, against what that match needs.

    Attributes:
        subject: the objective's text, with the match of its wildcards.
        planned: samples in the plan: requests, resource samples, users.
        needed: samples without which it stays INCONCLUSIVE even when all goes well.
        reason: one sentence for the user, in case they are too few.
    """

    subject: str
    planned: int
    needed: int
    reason: str

    @property
    def enough(self) -> bool:
        """Whether the objective can be decided."""
        return self.planned >= self.needed

    def __str__(self) -> str:
        return f"{self.subject}: {self.reason}"


@dataclass(frozen=True, slots=True)
class LiveValue:
    """A metric over the window that ends now.

    Attributes:
        subject: the objective's text, with the match of its wildcards.
        value: in the objective's unit.
    """

    subject: str
    value: float


class Metric(Protocol):
    """One metric. A wildcard in an objective is answered once per match.

    Lifecycle: ``spec`` when the objective is parsed; ``samples_needed`` and ``planned`` before
    the run; ``judge`` after it. All of them are pure functions of their arguments.
    """

    @property
    def spec(self) -> MetricSpec:
        """How an objective may use it."""

    def samples_needed(self, objective: Objective) -> int:
        """Fewest samples that can end in PASS when nothing goes wrong."""

    def planned(self, objective: Objective, plan: PlannedEvidence) -> Iterator[SampleSize]:
        """What the plan gives each match; one entry with 0 samples when nothing matches."""

    def judge(self, objective: Objective, view: RunView) -> Iterator[Judgement]:
        """One judgement for each match; INCONCLUSIVE when nothing matches."""


@runtime_checkable
class WatchableMetric(Metric, Protocol):
    """A metric that can be watched during the run, so that it may have a stop condition."""

    def watch(self, objective: Objective, live: LiveRun) -> Iterator[LiveValue]:
        """Its value for each match that has enough samples in the window of the stop condition."""


@dataclass(frozen=True, slots=True)
class NoopMetric:
    """A metric that measures nothing, for unit tests: it must end as INCONCLUSIVE."""

    spec: MetricSpec = MetricSpec(name="noop", unit="", comparisons=AT_MOST)

    def samples_needed(self, objective: Objective) -> int:
        """One; no plan gives it that."""
        return 1

    def planned(self, objective: Objective, plan: PlannedEvidence) -> Iterator[SampleSize]:
        """No plan gives it anything."""
        yield SampleSize(objective.text, 0, 1, "the noop metric measures nothing")

    def judge(self, objective: Objective, view: RunView) -> Iterator[Judgement]:
        """It never decides."""
        yield undecided(objective.text, objective, "the noop metric measures nothing")
