"""What the resource metrics share: samples of the services that the labels select.

The samples of a phase follow each other at a fixed pace, and each depends on the one before. An
interval for independent values would be too narrow, so there is none: the judgement is about this
run alone. It needs ten samples and no long hole between them.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from gonogo.judgement.aggregates import aggregated
from gonogo.judgement.estimate import decide, exactly, undecided
from gonogo.judgement.label_patterns import matching, no_match_reason, subject_of
from gonogo.judgement.live_run import LiveRun
from gonogo.judgement.metric import AT_MOST, LiveValue, MetricSpec, SampleSize
from gonogo.judgement.run_view import RunView, Window
from gonogo.vocabulary import (
    LOAD_PHASE,
    Event,
    Judgement,
    Objective,
    PlannedEvidence,
    Result,
)
from gonogo.vocabulary.events import ResourceSampled

# What a sample says of a resource, in percent of the limit; None where it is not known.
Percent = Callable[[ResourceSampled], float | None]

# With fewer the p90 would be the maximum.
SAMPLES_MIN = 10
# Resource samples come twice a second: a window of a few seconds cannot hold ten.
_WATCHED_SAMPLES_MIN = 3
_SAMPLE_EVERY_S = 0.5
# Twenty times the pace of sampling: a peak in a longer hole would not be seen.
_HOLE_S_MAX = 10.0


class ResourceMetric:
    """A resource that one service uses, in percent of its limit.

    Args:
        name: name of the metric.
        percent: reads it from a sample.
    """

    def __init__(self, name: str, percent: Percent) -> None:
        self.spec = MetricSpec(
            name=name,
            unit="%",
            comparisons=AT_MOST,
            labels=("service", "phase"),
            argument="service",
            required="service",
            aggregated=True,
        )
        self._percent = percent

    def samples_needed(self, objective: Objective) -> int:
        """Ten, for every aggregate."""
        return SAMPLES_MIN

    def planned(self, objective: Objective, plan: PlannedEvidence) -> Iterator[SampleSize]:
        """Samples of a service in the phase ``load``."""
        return planned_samples(objective, plan)

    def judge(self, objective: Objective, view: RunView) -> Iterator[Judgement]:
        """The aggregate of the samples of each match."""
        return judge_samples(objective, view, self._percent)

    def watch(self, objective: Objective, live: LiveRun) -> Iterator[LiveValue]:
        """The aggregate of the samples in the window."""
        return watch_samples(objective, live, self._percent)


def planned_samples(objective: Objective, plan: PlannedEvidence) -> Iterator[SampleSize]:
    """Samples of a service in the phase ``load``; those of other phases are not planned."""
    pattern = objective.labels["service"]
    if not matching(pattern, plan.services):
        reason = no_match_reason("service", pattern, sorted(plan.services), "service")
        yield SampleSize(objective.text, 0, SAMPLES_MIN, reason)
    elif objective.labels.get("phase", LOAD_PHASE) == LOAD_PHASE:
        planned = int(plan.sampled_s / _SAMPLE_EVERY_S)
        reason = (
            f"{SAMPLES_MIN} samples are needed to decide it, {planned} are expected "
            f"in {plan.sampled_s:.3g} s"
        )
        yield SampleSize(objective.text, planned, SAMPLES_MIN, reason)


def judge_samples(objective: Objective, view: RunView, percent: Percent) -> Iterator[Judgement]:
    """One judgement for each phase and service that match.

    Args:
        objective: its labels select.
        view: the run.
        percent: of the resource.
    """
    samples = view.events.of(ResourceSampled)
    services = sorted({*view.plan.services, *(each.what.service for each in samples)})
    pattern = objective.labels["service"]
    phase_pattern = objective.labels.get("phase", LOAD_PHASE)
    phases = matching(phase_pattern, view.time_phases)
    found = matching(pattern, services)
    if not found:
        reason = no_match_reason("service", pattern, services, "service")
        yield undecided(objective.text, objective, reason)
    elif not phases:
        reason = no_match_reason("phase", phase_pattern, view.time_phases, "phase")
        yield undecided(objective.text, objective, reason)
    for phase in phases:
        for service in found:
            subject = subject_of(objective, _labels(objective, service, phase))
            mine = [
                each
                for each in samples
                if each.what.service == service and percent(each.what) is not None
            ]
            yield _judge(subject, objective, mine, view.windows(phase), percent)


def _judge(
    subject: str,
    objective: Objective,
    samples: list[Event[ResourceSampled]],
    windows: Sequence[Window],
    percent: Percent,
) -> Judgement:
    inside = [each for each in samples if any(w.covers(each.mono_ns) for w in windows)]
    n = len(inside)
    if n < SAMPLES_MIN:
        reason = f"{n} samples in this phase, at least {SAMPLES_MIN} are needed"
        return undecided(subject, objective, reason, n)
    values = np.array([percent(each.what) for each in inside], float)
    judged = decide(subject, objective, exactly(aggregated(objective.aggregate, values), n))
    hole_s = max(_longest_hole_s(inside, window) for window in windows)
    if hole_s > _HOLE_S_MAX and judged.result is Result.PASS:
        reason = f"nothing was sampled for {hole_s:.0f} s of this phase"
        return undecided(subject, objective, reason, n)
    return judged


def _longest_hole_s(samples: list[Event[ResourceSampled]], window: Window) -> float:
    times_ns = [each.mono_ns for each in samples if window.covers(each.mono_ns)]
    return float(np.max(np.diff([window.start_ns, *times_ns, window.end_ns]))) / 1e9


def watch_samples(objective: Objective, live: LiveRun, percent: Percent) -> Iterator[LiveValue]:
    """The aggregate over the window, for each phase and service with enough samples in it."""
    for phase in matching(objective.labels.get("phase", LOAD_PHASE), live.phases):
        values: dict[str, list[float]] = {}
        for event in live.resources(phase, objective):
            value = percent(event.what)
            if value is not None:
                values.setdefault(event.what.service, []).append(value)
        for service in matching(objective.labels["service"], values):
            if len(values[service]) >= _WATCHED_SAMPLES_MIN:
                value = aggregated(objective.aggregate, np.array(values[service]))
                yield LiveValue(subject_of(objective, _labels(objective, service, phase)), value)


def _labels(objective: Objective, service: str, phase: str) -> dict[str, str]:
    return {"service": service, **({"phase": phase} if "phase" in objective.labels else {})}
