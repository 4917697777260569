"""memory: memory of a service, in percent of its Compose limit (without one, of the machine)."""

from collections.abc import Iterator
from typing import ClassVar

from gonogo.judgement.live_run import LiveRun
from gonogo.judgement.metric import LiveValue, SampleSize
from gonogo.judgement.metrics._resources import (
    SAMPLES_MIN,
    judge_samples,
    planned_samples,
    resource_spec,
    watch_samples,
)
from gonogo.judgement.run_view import RunView
from gonogo.vocabulary import Judgement, Objective, PlannedEvidence
from gonogo.vocabulary.events import ResourceSampled


def _percent(sample: ResourceSampled) -> float | None:
    return sample.memory_percent


class Memory:
    """Memory in percent."""

    spec: ClassVar = resource_spec("memory")

    def samples_needed(self, objective: Objective) -> int:
        """Ten, for every aggregate."""
        return SAMPLES_MIN

    def planned(self, objective: Objective, plan: PlannedEvidence) -> Iterator[SampleSize]:
        """Samples of a service in the phase ``load``."""
        return planned_samples(objective, plan)

    def judge(self, objective: Objective, view: RunView) -> Iterator[Judgement]:
        """The aggregate of the samples of each match."""
        return judge_samples(objective, view, _percent)

    def watch(self, objective: Objective, live: LiveRun) -> Iterator[LiveValue]:
        """The aggregate of the samples in the window."""
        return watch_samples(objective, live, _percent)
