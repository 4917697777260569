"""availability: 100 % minus the error rate.

What counts as failed, and the interval, are those of ``error_rate``.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from gonogo.judgement.estimate import Estimate
from gonogo.judgement.intervals import values_for_share
from gonogo.judgement.live_run import LiveRun
from gonogo.judgement.metric import AT_LEAST, LiveValue, MetricSpec, SampleSize
from gonogo.judgement.metrics._requests import (
    LABELS,
    SHARE_BETWEEN,
    failed_percent,
    judge_requests,
    only_ended,
    planned_requests,
    watch_requests,
    watched_failed_percent,
)
from gonogo.judgement.requests import Requests
from gonogo.judgement.run_view import RunView
from gonogo.vocabulary import Judgement, Objective, PlannedEvidence


class Availability:
    """Requests that did not fail, in percent."""

    spec: ClassVar = MetricSpec(
        name="availability",
        unit="%",
        comparisons=AT_LEAST,
        labels=LABELS,
        limit_between=SHARE_BETWEEN,
    )

    def samples_needed(self, objective: Objective) -> int:
        """Requests that without one error show a share above the limit."""
        return values_for_share((100.0 - objective.limit) / 100.0)

    def planned(self, objective: Objective, plan: PlannedEvidence) -> Iterator[SampleSize]:
        """Requests of each match."""
        return planned_requests(objective, plan, self.samples_needed(objective))

    def judge(self, objective: Objective, view: RunView) -> Iterator[Judgement]:
        """The share of requests of each match that did not fail."""
        needed = self.samples_needed(objective)
        return judge_requests(
            objective, view, view.requests_in, lambda requests: _available(requests, needed)
        )

    def watch(self, objective: Objective, live: LiveRun) -> Iterator[LiveValue]:
        """Of the requests that ended in the window."""
        return watch_requests(
            objective, live, only_ended, lambda requests: 100.0 - watched_failed_percent(requests)
        )


def _available(requests: Requests, needed: int) -> Estimate:
    failed = failed_percent(requests, needed)
    lower, upper = failed.lower, failed.upper
    return replace(
        failed,
        observed=100.0 - failed.observed,
        lower=None if upper is None else 100.0 - upper,
        upper=None if lower is None else 100.0 - lower,
    )
