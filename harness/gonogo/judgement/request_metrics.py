"""Response time, error rate and availability of the requests a selector matches.

- ``response``: from the intended start; quantiles by inverted CDF with an order-statistic
  interval, ``max`` as it is, ``mean`` with a Student interval. Failures are worse than every
  success, but for HTTP errors inside a fault window (see ``_requests``).
- ``error_rate``: failed requests as a share of all that were due, Clopper-Pearson interval.
- ``availability``: 100 % minus the error rate.
"""

from collections.abc import Iterator

import numpy as np

from gonogo.judgement.estimate import Estimate, decide, undecided
from gonogo.judgement.interval import mean_bounds, quantile_ranks, share_bounds
from gonogo.judgement.metrics import quantile
from gonogo.judgement.phase_names import FAULT_PREFIX, STEADY_PHASE
from gonogo.judgement.requests import Floats, Requests
from gonogo.judgement.run_view import RunView
from gonogo.judgement.sample_size import samples_needed
from gonogo.judgement.select import matches, no_match, subject
from gonogo.vocabulary import Judgement, Objective


def judge_requests(view: RunView, objective: Objective) -> Iterator[Judgement]:
    """One judgement for every phase and, where names are selected, every name that matches."""
    pattern = objective.labels.get("phase", STEADY_PHASE)
    phases = matches(pattern, view.request_phases)
    if not phases:
        reason = no_match("phase", pattern, view.request_phases, "phase with a load")
        yield undecided(objective.text, objective, reason)
    for phase in phases:
        requests = view.requests_in(phase)
        if objective.metric == "response" and phase.startswith(FAULT_PREFIX):
            requests = requests.refusals_as_answers()
        chosen = {"phase": phase} if "phase" in objective.labels else {}
        if "name" not in objective.labels:
            yield _judge(subject(objective, chosen), objective, requests)
        else:
            yield from _judge_names(view, objective, requests, chosen)


def _judge_names(
    view: RunView, objective: Objective, requests: Requests, chosen: dict[str, str]
) -> Iterator[Judgement]:
    pattern = objective.labels["name"]
    loads = {int(load) for load in np.unique(requests.load_id)}
    valid = sorted({name for load in loads for name in view.loads[load].header.names})
    names = matches(pattern, valid)
    if not names:
        reason = no_match("name", pattern, valid, "operation of this phase")
        yield undecided(subject(objective, chosen), objective, reason)
    for name in names:
        each = subject(objective, {"name": name, **chosen})
        yield _judge(each, objective, requests.named(name))


def _judge(each: str, objective: Objective, requests: Requests) -> Judgement:
    if not len(requests):
        return undecided(each, objective, "no request was due here")
    if objective.metric == "response":
        return decide(each, objective, _response(objective, requests))
    return decide(each, objective, _share(objective, requests))


def _share(objective: Objective, requests: Requests) -> Estimate:
    n = len(requests)
    failed = int(np.count_nonzero(requests.failed))
    unknown = int(np.count_nonzero(requests.unknown))
    lower, _ = share_bounds(failed, n)
    _, upper = share_bounds(failed + unknown, n)
    percents = [100.0 * share for share in ((failed + unknown) / n, lower, upper)]
    if objective.metric == "availability":
        percents = [100.0 - percents[i] for i in (0, 2, 1)]
    observed, low, high = percents
    return Estimate(n, observed, low, high, samples_needed(objective), _note(requests, ""))


def _response(objective: Objective, requests: Requests) -> Estimate:
    n = len(requests)
    needed, note = samples_needed(objective), _note(requests, "slower than any answer")
    good, bad = requests.succeeded, ~requests.succeeded
    pessimist = np.where(bad, np.inf, requests.least_s)
    optimist = np.where(requests.failed, np.inf, requests.least_s)
    worst_s = float(np.max(requests.shown_s))
    if objective.aggregate == "mean":
        return _mean(requests, needed, note)
    q = quantile(objective.aggregate)
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


def _note(requests: Requests, weight: str) -> str:
    failed = int(np.count_nonzero(requests.failed))
    unknown = int(np.count_nonzero(requests.unknown))
    parts = [f"{failed} failed" + (f", counted as {weight}" if weight else "")] if failed else []
    parts += [f"{unknown} without a known end, counted against a PASS"] if unknown else []
    return "; ".join(parts)
