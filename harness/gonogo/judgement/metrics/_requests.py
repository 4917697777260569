"""What the request metrics share: the requests that the labels ``phase`` and ``name`` select."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from gonogo.judgement.estimate import Estimate, decide, undecided
from gonogo.judgement.intervals import share_bounds
from gonogo.judgement.label_patterns import matching, no_match_reason, subject_of
from gonogo.judgement.live_run import LiveRequests, LiveRun
from gonogo.judgement.metric import LiveValue, SampleSize
from gonogo.judgement.requests import Requests
from gonogo.judgement.run_view import RunView
from gonogo.vocabulary import LOAD_PHASE, Judgement, Objective, PlannedEvidence

LABELS = ("name", "phase")
# A share of exactly 0 % or 100 % cannot be shown by a sample, however large it is.
SHARE_BETWEEN = (0.0, 100.0)

# Fewer requests in the window are no reason to abort a run.
_WATCHED_REQUESTS_MIN = 10


def planned_requests(
    objective: Objective, plan: PlannedEvidence, needed: int
) -> Iterator[SampleSize]:
    """Requests that the plan gives each phase and, where names are selected, each name."""
    pattern = objective.labels.get("phase", LOAD_PHASE)
    phases = sorted({phase for phase, _ in plan.requests})
    found = matching(pattern, phases)
    if not found:
        reason = no_match_reason("phase", pattern, phases, "planned phase with a load")
        yield SampleSize(objective.text, 0, needed, reason)
    for phase in found:
        chosen = _phase_label(objective, phase)
        counts = {name: n for (each, name), n in plan.requests.items() if each == phase}
        if "name" not in objective.labels:
            yield _sample_size(objective, chosen, sum(counts.values()), needed)
            continue
        names = matching(objective.labels["name"], counts)
        if not names:
            reason = no_match_reason("name", objective.labels["name"], sorted(counts), "operation")
            yield SampleSize(subject_of(objective, chosen), 0, needed, reason)
        for name in names:
            yield _sample_size(objective, {"name": name, **chosen}, counts[name], needed)


def _sample_size(
    objective: Objective, chosen: Mapping[str, str], planned: int, needed: int
) -> SampleSize:
    reason = f"{needed} requests are needed to decide it, {planned} are planned"
    return SampleSize(subject_of(objective, chosen), planned, needed, reason)


def judge_requests(
    objective: Objective,
    view: RunView,
    requests_in: Callable[[str], Requests],
    estimate: Callable[[Requests], Estimate],
) -> Iterator[Judgement]:
    """One judgement for each phase and, where names are selected, each name that matches.

    Args:
        objective: its labels select.
        view: the run.
        requests_in: the requests of a phase.
        estimate: of at least one request.
    """
    pattern = objective.labels.get("phase", LOAD_PHASE)
    phases = matching(pattern, view.request_phases)
    if not phases:
        reason = no_match_reason("phase", pattern, view.request_phases, "phase with a load")
        yield undecided(objective.text, objective, reason)
    for phase in phases:
        for subject, requests in _by_name(objective, view, phase, requests_in(phase)):
            if isinstance(requests, str):
                yield undecided(subject, objective, requests)
            elif not len(requests):
                yield undecided(subject, objective, "no request was due here")
            else:
                yield decide(subject, objective, estimate(requests))


def _by_name(
    objective: Objective, view: RunView, phase: str, requests: Requests
) -> Iterator[tuple[str, Requests | str]]:
    """Subject and requests of each selected name, or why there are none."""
    chosen = _phase_label(objective, phase)
    if "name" not in objective.labels:
        yield subject_of(objective, chosen), requests
        return
    pattern = objective.labels["name"]
    loads = {int(load) for load in np.unique(requests.load_id)}
    valid = sorted({name for load in loads for name in view.loads[load].header.names})
    names = matching(pattern, valid)
    if not names:
        reason = no_match_reason("name", pattern, valid, "operation of this phase")
        yield subject_of(objective, chosen), reason
    for name in names:
        yield subject_of(objective, {"name": name, **chosen}), requests.named(name)


def watch_requests(
    objective: Objective,
    live: LiveRun,
    relevant: Callable[[LiveRequests, str], LiveRequests],
    value: Callable[[LiveRequests], float],
) -> Iterator[LiveValue]:
    """The value over the window, for each match with enough requests in it.

    Args:
        objective: its labels select, its stop condition says how long the window is.
        live: the run.
        relevant: of the requests of a phase those that count.
        value: of at least one request, in the objective's unit.
    """
    for phase in matching(objective.labels.get("phase", LOAD_PHASE), live.phases):
        requests = relevant(live.requests(phase, objective), phase)
        chosen = _phase_label(objective, phase)
        parts = {"": requests}
        if "name" in objective.labels:
            names = matching(objective.labels["name"], requests.name.tolist())
            parts = {name: requests.named(name) for name in names}
        for name, part in parts.items():
            if len(part) >= _WATCHED_REQUESTS_MIN:
                found = {**({"name": name} if name else {}), **chosen}
                yield LiveValue(subject_of(objective, found), value(part))


def failed_percent(requests: Requests, needed: int) -> Estimate:
    """The share of failed requests, with its Clopper-Pearson interval."""
    n = len(requests)
    failed = int(np.count_nonzero(requests.failed))
    unknown = int(np.count_nonzero(requests.unknown))
    lower, _ = share_bounds(failed, n)
    _, upper = share_bounds(failed + unknown, n)
    observed = 100.0 * ((failed + unknown) / n)
    note = failure_note(requests)
    return Estimate(n, observed, 100.0 * lower, 100.0 * upper, needed, note)


def watched_failed_percent(requests: LiveRequests) -> float:
    """The share of failed requests now."""
    return 100.0 * float(np.mean(requests.failed))


def only_ended(requests: LiveRequests, _phase: str) -> LiveRequests:
    """A request that has not ended yet has not failed yet."""
    return requests.where(requests.ended)


def failure_note(requests: Requests, counted_as: str = "") -> str:
    """How many failed, and how many have no known end, for the reason of a judgement."""
    failed = int(np.count_nonzero(requests.failed))
    unknown = int(np.count_nonzero(requests.unknown))
    weight = f", counted as {counted_as}" if counted_as else ""
    parts = [f"{failed} failed{weight}"] if failed else []
    parts += [f"{unknown} without a known end, counted against a PASS"] if unknown else []
    return "; ".join(parts)


def _phase_label(objective: Objective, phase: str) -> dict[str, str]:
    return {"phase": phase} if "phase" in objective.labels else {}
