"""What is decided before a run: the backend, the sample sizes, the facts about the machine."""

import os
import platform
import secrets
import subprocess
from collections.abc import Mapping
from importlib import metadata

import numpy as np

from gonogo import __version__
from gonogo.target import Target
from gonogo.vocabulary import (
    CLOSED_PHASE,
    FAULTS_PHASE,
    LEDGER_PHASE,
    LOAD_PHASE,
    Plan,
    PlannedEvidence,
    UsageError,
    fault_phase,
)
from gonogo_load import LOGIN, most_requests, planned_schedule, usual_ramp_s

LIBRARIES = ("pytest", "aiohttp", "numpy", "requests", "websocket-client")


def choose_seed(asked: int | None) -> int:
    """The seed asked for, or a drawn one.

    Raises:
        UsageError: it is negative.
    """
    if asked is None:
        return secrets.randbits(31)
    if asked < 0:
        raise UsageError(f"{asked} is no seed", where="--seed", hint="0 or more")
    return asked


def planned_evidence(
    plan: Plan, target: Target, fault_windows_s: Mapping[str, float]
) -> PlannedEvidence:
    """The samples that the objectives get when the run goes as planned.

    Args:
        plan: the run's.
        target: its operations, services and user.
        fault_windows_s: how long each planned fault is armed, by label.
    """
    phases, profile = plan.profile.phases, plan.profile
    return PlannedEvidence(
        requests=planned_counts(plan, target, fault_windows_s),
        services=tuple(target.services),
        sampled_s=profile.requests / profile.rate_per_s if LOAD_PHASE in phases else 0.0,
        ledger_read=LEDGER_PHASE in phases and any(op.ledger_read for op in target.operations),
        users=planned_users(plan),
    )


def planned_counts(
    plan: Plan, target: Target, fault_windows_s: Mapping[str, float]
) -> dict[tuple[str, str], int]:
    """Requests to expect by (phase, operation name).

    Exact for the open-model load and a mean for the background load under faults. For the
    closed-model load it is the upper bound: what users send to a system that answers at once.
    """
    counts: dict[tuple[str, str], int] = {}
    names = [operation.name for operation in target.operations]
    if names and LOAD_PHASE in plan.profile.phases:
        schedule = planned_schedule(
            target.operations,
            seed=plan.seed,
            rate_per_s=plan.profile.rate_per_s,
            count=plan.profile.requests,
        )
        found = np.bincount(schedule["name_id"], minlength=len(set(names)))
        unique = list(dict.fromkeys(names))
        counts |= {(LOAD_PHASE, name): int(found[index]) for index, name in enumerate(unique)}
    weights = sum(operation.weight for operation in target.operations)
    if names and planned_users(plan):
        length_s = plan.profile.users_s
        most = most_requests(plan.profile.users, length_s, usual_ramp_s(length_s))
        for operation in target.operations:
            key = (CLOSED_PHASE, operation.name)
            counts[key] = counts.get(key, 0) + int(most * operation.weight / weights)
        if target.user is not None:
            logins = (CLOSED_PHASE, LOGIN)
            counts[logins] = counts.get(logins, 0) + plan.profile.users
    for label, window_s in fault_windows_s.items():
        for operation in target.operations:
            expected = plan.profile.background_rate_per_s * window_s * operation.weight / weights
            for phase in (fault_phase(label), FAULTS_PHASE):
                key = (phase, operation.name)
                counts[key] = counts.get(key, 0) + int(expected)
    return counts


def planned_users(plan: Plan) -> dict[str, int]:
    """Users of the closed-model load by its phase; empty when there is none."""
    users = plan.profile.users if LOAD_PHASE in plan.profile.phases else 0
    return {CLOSED_PHASE: users} if users else {}


def system_info() -> dict[str, object]:
    """The machine and the versions, so that runs can be compared."""
    return {
        "gonogo": __version__,
        "commit": _commit(),
        "python": platform.python_version(),
        "kernel": platform.release(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
    }


def _commit() -> str:
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            capture_output=True, text=True, check=False, timeout=5,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
