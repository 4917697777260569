"""response: time from the intended start of a request to its end.

Quantiles are by inverted CDF with an order-statistic interval, ``max`` is as it is, ``mean`` has
a Student interval. A failed request is worse than every success. Inside a fault window an HTTP
error counts as an answer: there the question is how long until the system answers at all.
"""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from gonogo.judgement.aggregates import aggregated, quantile
from gonogo.judgement.estimate import Estimate
from gonogo.judgement.intervals import mean_bounds, quantile_ranks, values_for_quantile
from gonogo.judgement.live_run import LiveRequests, LiveRun
from gonogo.judgement.metric import AT_MOST, LiveValue, MetricSpec, SampleSize
from gonogo.judgement.metrics._requests import (
    LABELS,
    failure_note,
    judge_requests,
    planned_requests,
    watch_requests,
)
from gonogo.judgement.requests import Floats, Requests
from gonogo.judgement.run_view import RunView
from gonogo.vocabulary import Judgement, Objective, PlannedEvidence, is_fault_phase

# With fewer values a Student interval of a skewed sample is too narrow.
_MEAN_VALUES_MIN = 30


class Response:
    """Response time in seconds."""

    spec: ClassVar = MetricSpec(
        name="response", unit="s", comparisons=AT_MOST, labels=LABELS, aggregated=True
    )

    def samples_needed(self, objective: Objective) -> int:
        """Requests for which the aggregate has an interval."""
        if objective.aggregate == "mean":
            return _MEAN_VALUES_MIN
        q = quantile(objective.aggregate)
        return 1 if q is None else values_for_quantile(q)

    def planned(self, objective: Objective, plan: PlannedEvidence) -> Iterator[SampleSize]:
        """Requests of each match."""
        return planned_requests(objective, plan, self.samples_needed(objective))

    def judge(self, objective: Objective, view: RunView) -> Iterator[Judgement]:
        """The aggregate of the response times of each match."""

        def requests_in(phase: str) -> Requests:
            requests = view.requests_in(phase)
            return requests.http_errors_as_answers() if is_fault_phase(phase) else requests

        needed = self.samples_needed(objective)
        return judge_requests(
            objective,
            view,
            requests_in,
            lambda requests: _response(objective.aggregate, requests, needed),
        )

    def watch(self, objective: Objective, live: LiveRun) -> Iterator[LiveValue]:
        """A request that has not ended has taken at least its age: so a frozen server is seen."""

        def value(requests: LiveRequests) -> float:
            latency_s = np.where(requests.failed, np.inf, requests.latency_s)
            return aggregated(objective.aggregate, latency_s)

        return watch_requests(objective, live, _answers, value)


def _answers(requests: LiveRequests, phase: str) -> LiveRequests:
    return requests.http_errors_as_answers() if is_fault_phase(phase) else requests


def _response(aggregate: str, requests: Requests, needed: int) -> Estimate:
    n = len(requests)
    note = failure_note(requests, "slower than any answer")
    good, bad = requests.succeeded, ~requests.succeeded
    pessimist = np.where(bad, np.inf, requests.least_s)
    optimist = np.where(requests.failed, np.inf, requests.least_s)
    worst_s = float(np.max(requests.shown_s))
    if aggregate == "mean":
        return _mean(requests, needed, note)
    q = quantile(aggregate)
    if q is None:
        return Estimate(n, worst_s, _at(optimist, n), _at(pessimist, n), 0, note, worst_s)
    ranks = quantile_ranks(n, q)
    in_order = np.concatenate([np.sort(requests.shown_s[good]), np.sort(requests.shown_s[bad])])
    lower = None if ranks.lower is None else _at(optimist, ranks.lower)
    upper = None if ranks.upper is None else _at(pessimist, ranks.upper)
    observed = float(in_order[ranks.point - 1])
    return Estimate(n, observed, lower, upper, needed, note, worst_s)


def _mean(requests: Requests, needed: int, note: str) -> Estimate:
    n = len(requests)
    observed = float(np.mean(requests.shown_s))
    if n < needed:
        return Estimate(n, observed, None, None, needed, note)
    lower, _ = mean_bounds(np.where(requests.unknown, requests.least_s, requests.shown_s))
    _, upper = mean_bounds(requests.shown_s)
    return Estimate(n, observed, lower, upper, needed, note)


def _at(values: Floats, rank: int) -> float:
    return float(np.partition(values, rank - 1)[rank - 1])
