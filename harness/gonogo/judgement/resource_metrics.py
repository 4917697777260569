"""CPU and memory of the services a selector matches, in percent of their limit.

The samples are a census of the phase, one after the other at a fixed pace, and each depends
on the one before. An interval that takes them for independent would be false, so there is
none: the judgement is about this run. It needs ten samples without a hole.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from gonogo.judgement.estimate import decide, exactly, undecided
from gonogo.judgement.interval import aggregated
from gonogo.judgement.phase_names import STEADY_PHASE
from gonogo.judgement.run_view import RunView, Window
from gonogo.judgement.sample_size import RESOURCE_SAMPLES_MIN
from gonogo.judgement.select import matches, no_match, subject
from gonogo.vocabulary import Event, Judgement, Objective, Result
from gonogo.vocabulary.events import ResourceSampled

# Twenty times the pace of sampling: what happens in a longer hole stays unseen.
HOLE_S_MAX = 10.0


def judge_resources(view: RunView, objective: Objective) -> Iterator[Judgement]:
    """One judgement for every phase and service that match."""
    samples = view.events.of(ResourceSampled)
    services = sorted({*view.plan.services, *(each.what.service for each in samples)})
    pattern = objective.labels["service"]
    phase_pattern = objective.labels.get("phase", STEADY_PHASE)
    phases = matches(phase_pattern, view.time_phases)
    found = matches(pattern, services)
    if not found:
        reason = no_match("service", pattern, services, "service")
        yield undecided(objective.text, objective, reason)
    elif not phases:
        reason = no_match("phase", phase_pattern, view.time_phases, "phase")
        yield undecided(objective.text, objective, reason)
    for phase in phases:
        for service in found:
            chosen = {
                "service": service,
                **({"phase": phase} if "phase" in objective.labels else {}),
            }
            mine = [each for each in samples if each.what.service == service]
            yield _judge(subject(objective, chosen), objective, mine, view.windows(phase))


def _judge(
    text: str,
    objective: Objective,
    samples: list[Event[ResourceSampled]],
    windows: Sequence[Window],
) -> Judgement:
    inside = [
        each
        for each in samples
        if percent(objective.metric, each.what) is not None
        and any(window.covers(each.mono_ns) for window in windows)
    ]
    n = len(inside)
    if n < RESOURCE_SAMPLES_MIN:
        reason = f"{n} samples in this phase, at least {RESOURCE_SAMPLES_MIN} are needed"
        return undecided(text, objective, reason, n)
    hole_s = max(_longest_hole_s(inside, window) for window in windows)
    values = np.array([percent(objective.metric, each.what) for each in inside], float)
    estimate = exactly(aggregated(objective.aggregate, values), n)
    judged = decide(text, objective, estimate)
    if hole_s > HOLE_S_MAX and judged.result is Result.PASS:
        reason = f"nothing was sampled for {hole_s:.0f} s of this phase"
        return undecided(text, objective, reason, n)
    return judged


def percent(metric: str, sample: ResourceSampled) -> float | None:
    """What a sample says for a metric, in percent of the limit; None where it is not known."""
    return sample.cpu_percent if metric == "cpu" else sample.memory_percent


def _longest_hole_s(samples: list[Event[ResourceSampled]], window: Window) -> float:
    times_ns = [each.mono_ns for each in samples if window.covers(each.mono_ns)]
    return float(np.max(np.diff([window.start_ns, *times_ns, window.end_ns]))) / 1e9
