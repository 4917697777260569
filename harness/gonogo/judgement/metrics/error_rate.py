"""error_rate: failed requests as a share of all that were due.

A request failed when it got a 5xx, an unexpected status, a wrong body, a timeout, a refused or
reset connection, or was in flight at the end. The interval is Clopper-Pearson.
"""

from collections.abc import Iterator
from typing import ClassVar

from gonogo.judgement.intervals import values_for_share
from gonogo.judgement.live_run import LiveRun
from gonogo.judgement.metric import AT_MOST, LiveValue, MetricSpec, SampleSize
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
from gonogo.judgement.run_view import RunView
from gonogo.vocabulary import Judgement, Objective, PlannedEvidence


class ErrorRate:
    """Failed requests in percent."""

    spec: ClassVar = MetricSpec(
        name="error_rate",
        unit="%",
        comparisons=AT_MOST,
        labels=LABELS,
        limit_between=SHARE_BETWEEN,
    )

    def samples_needed(self, objective: Objective) -> int:
        """Requests that without one error show a share below the limit."""
        return values_for_share(objective.limit / 100.0)

    def planned(self, objective: Objective, plan: PlannedEvidence) -> Iterator[SampleSize]:
        """Requests of each match."""
        return planned_requests(objective, plan, self.samples_needed(objective))

    def judge(self, objective: Objective, view: RunView) -> Iterator[Judgement]:
        """The share of failed requests of each match."""
        needed = self.samples_needed(objective)
        return judge_requests(
            objective, view, view.requests_in, lambda requests: failed_percent(requests, needed)
        )

    def watch(self, objective: Objective, live: LiveRun) -> Iterator[LiveValue]:
        """Of the requests that ended in the window."""
        return watch_requests(objective, live, only_ended, watched_failed_percent)
