"""The plan of a run, in ``plan.json``: all that judging needs besides the recorded events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Profile:
    """How much a run does.

    Attributes:
        name: ``quick``, ``default``, ``chaos`` or ``soak``.
        phases: in order, out of ``contract``, ``load``, ``faults``, ``ledger``.
        requests: number of open-model requests of the steady load.
        rate_per_s: their mean arrival rate (Poisson).
        background_rate_per_s: arrival rate while faults are injected.
        faults_required: labels of faults without whose proof of bite the run is INCONCLUSIVE.
        workers: xdist workers of the parallel phase.
        budget_s: wall time the run may take before it is stopped.
        users: of the closed-model load, at once; 0: there is none.
        users_s: how long that load lasts, whole seconds.
    """

    name: str
    phases: tuple[str, ...]
    requests: int
    rate_per_s: float
    background_rate_per_s: float
    faults_required: tuple[str, ...]
    workers: int
    budget_s: float
    users: int = 0
    users_s: int = 15


@dataclass(frozen=True, slots=True)
class Plan:
    """What was meant to happen.

    Attributes:
        run: run id.
        seed: the one seed of the run.
        profile: see ``Profile``.
        target: the system's name, from the target file.
        target_file: path of the Compose file as given.
        backend: ``process`` (``docker`` and ``attach`` where they exist).
        backend_reason: why that one.
        objectives: their lines, as written, those of this profile.
        services: names.
        command: command line that reproduces the run.
        system_info: of the machine and versions, for the report.
        notes: accepted-with-a-note messages of the target loader.
        scenarios: node ids collected for the planned phases; empty: not known.
        faults_declared: labels of the faults each of them declares, by node id.
    """

    run: str
    seed: int
    profile: Profile
    target: str
    target_file: str
    backend: str
    backend_reason: str
    objectives: tuple[str, ...]
    services: tuple[str, ...]
    command: str
    system_info: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    faults_declared: Mapping[str, Sequence[str]] = field(default_factory=dict)
