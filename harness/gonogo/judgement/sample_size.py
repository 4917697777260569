"""How many samples an objective needs, so that it can be refused before the run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gonogo.judgement.estimate import holds
from gonogo.judgement.interval import values_for_quantile, values_for_share
from gonogo.judgement.metrics import REQUEST_METRICS, RESOURCE_METRICS, quantile
from gonogo.judgement.phase_names import FAULT_PREFIX, STEADY_PHASE
from gonogo.judgement.select import matches, no_match, subject
from gonogo.vocabulary import Objective

# Below this the central limit theorem is a poor excuse for a Student interval.
MEAN_VALUES_MIN = 30

# Fewer say nothing about a phase, and p90 would be the maximum.
RESOURCE_SAMPLES_MIN = 10
RESOURCE_SAMPLE_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Undecidable:
    """An objective that the planned run cannot decide.

    Attributes:
        objective: see ``Objective``.
        subject: its text, with the match of its wildcards.
        planned: requests, or samples, planned for it.
        needed: those without which it stays INCONCLUSIVE even when all goes well.
        reason: one sentence for the user.
    """

    objective: Objective
    subject: str
    planned: int
    needed: int
    reason: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.reason}"


def samples_needed(objective: Objective) -> int:
    """Fewest samples that can end in PASS when nothing goes wrong.

    Requests for the request metrics, resource samples for cpu and memory, one otherwise.
    """
    if objective.metric == "error_rate":
        return values_for_share(objective.limit / 100.0)
    if objective.metric == "availability":
        return values_for_share((100.0 - objective.limit) / 100.0)
    if objective.metric in RESOURCE_METRICS:
        return RESOURCE_SAMPLES_MIN
    if objective.aggregate == "mean":
        return MEAN_VALUES_MIN
    q = quantile(objective.aggregate) if objective.aggregate else None
    return 1 if q is None else values_for_quantile(q)


def undecidable(
    objectives: Iterable[Objective],
    planned_counts: Mapping[tuple[str, str], int],
    services: Sequence[str] = (),
    sampled_s: float | None = None,
    ledger: bool | None = None,
    users: Mapping[str, int] | None = None,
) -> list[Undecidable]:
    """The objectives a profile cannot decide, in their order, a wildcard once per match.

    Args:
        objectives: those of the profile.
        planned_counts: expected number of requests by (phase, operation name); the phase is
            ``load``, ``closed``, ``faults`` or ``fault:LABEL``. A planned fault without load has
            an entry of 0.
        services: planned services; empty: not known, nothing is refused for it.
        sampled_s: how long the steady phase is sampled; None: not known.
        ledger: whether writes are acknowledged and read back: an operation with a ledger, a
            load and the phase ledger; None: not known.
        users: planned users by phase of their closed-model load; None: not known.
    """
    run = _Planned(planned_counts, services, sampled_s, ledger, users)
    return [each for objective in objectives for each in _check(objective, run)]


@dataclass(frozen=True, slots=True)
class _Planned:
    counts: Mapping[tuple[str, str], int]
    services: Sequence[str]
    sampled_s: float | None
    ledger: bool | None
    users: Mapping[str, int] | None


def _check(objective: Objective, run: _Planned) -> Iterator[Undecidable]:
    if objective.metric in REQUEST_METRICS:
        return _requests(objective, run.counts)
    if objective.metric in RESOURCE_METRICS:
        return _resources(objective, run)
    if objective.metric == "recovery":
        return _recovery(objective, run.counts)
    if objective.metric == "users":
        return _users(objective, run.users)
    return _lost_writes(objective, run)


def _resources(objective: Objective, run: _Planned) -> Iterator[Undecidable]:
    needed = samples_needed(objective)
    pattern = objective.labels["service"]
    if run.services and not matches(pattern, run.services):
        reason = no_match("service", pattern, sorted(run.services), "service")
        yield Undecidable(objective, objective.text, 0, needed, reason)
    elif run.sampled_s is not None and objective.labels.get("phase", STEADY_PHASE) == STEADY_PHASE:
        planned = int(run.sampled_s / RESOURCE_SAMPLE_EVERY_S)
        if planned < needed:
            reason = (
                f"{needed} samples are needed to decide it, {planned} are expected "
                f"in {run.sampled_s:.3g} s"
            )
            yield Undecidable(objective, objective.text, planned, needed, reason)


def _users(objective: Objective, users: Mapping[str, int] | None) -> Iterator[Undecidable]:
    if users is None:
        return
    pattern = objective.labels["phase"]
    found = matches(pattern, users)
    if not found:
        reason = no_match("phase", pattern, sorted(users), "planned phase with users")
        yield Undecidable(objective, objective.text, 0, 1, reason)
    for phase in found:
        if not holds(float(users[phase]), objective):
            needed = int(objective.limit) + (objective.comparison == ">")
            reason = f"{needed} users are needed to decide it, {users[phase]} are planned"
            text = subject(objective, {"phase": phase})
            yield Undecidable(objective, text, users[phase], needed, reason)


def _lost_writes(objective: Objective, run: _Planned) -> Iterator[Undecidable]:
    if run.ledger is False:
        reason = (
            "no write is acknowledged and read back: it needs an operation with a ledger, "
            "a load and the phase ledger"
        )
        yield Undecidable(objective, objective.text, 0, samples_needed(objective), reason)


def _requests(objective: Objective, counts: Mapping[tuple[str, str], int]) -> Iterator[Undecidable]:
    needed = samples_needed(objective)
    pattern = objective.labels.get("phase", STEADY_PHASE)
    phases = sorted({phase for phase, _ in counts})
    found = matches(pattern, phases)
    if not found:
        reason = no_match("phase", pattern, phases, "planned phase with a load")
        yield Undecidable(objective, objective.text, 0, needed, reason)
    for phase in found:
        chosen = {"phase": phase} if "phase" in objective.labels else {}
        names = {name: count for (each, name), count in counts.items() if each == phase}
        selected = matches(objective.labels.get("name", "*"), names)
        if "name" not in objective.labels:
            yield from _too_few(objective, chosen, sum(names.values()), needed)
        elif not selected:
            reason = no_match("name", objective.labels["name"], sorted(names), "operation")
            yield Undecidable(objective, subject(objective, chosen), 0, needed, reason)
        else:
            for name in selected:
                yield from _too_few(objective, {"name": name, **chosen}, names[name], needed)


def _too_few(
    objective: Objective, chosen: Mapping[str, str], planned: int, needed: int
) -> Iterator[Undecidable]:
    if planned < needed:
        text = subject(objective, chosen)
        reason = f"{needed} requests are needed to decide it, {planned} are planned"
        yield Undecidable(objective, text, planned, needed, reason)


def _recovery(objective: Objective, counts: Mapping[tuple[str, str], int]) -> Iterator[Undecidable]:
    found = {phase: 0 for phase, _ in counts if phase.startswith(FAULT_PREFIX)}
    labels = sorted(phase.removeprefix(FAULT_PREFIX) for phase in found)
    pattern = objective.labels.get("fault", "*")
    background = sum(count for (phase, _), count in counts.items() if phase in found)
    if not matches(pattern, labels):
        reason = no_match("fault", pattern, labels, "planned fault")
    elif not background:
        reason = "no load is planned while faults are injected, to see the recovery by"
    elif not any(phase == STEADY_PHASE for phase, _ in counts):
        reason = "no steady load is planned, to compare the recovery with"
    else:
        return
    yield Undecidable(objective, objective.text, 0, samples_needed(objective), reason)
