"""What is decided before a run: the backend, the sample sizes, the facts about the machine."""

import os
import platform
import secrets
import subprocess
from collections.abc import Mapping
from importlib import metadata

import numpy as np

from harness import __version__
from harness.target import Target
from harness.vocabulary import Plan, UsageError
from load import planned_schedule

BACKENDS = ("auto", "process")
LIBRARIES = ("pytest", "aiohttp", "numpy", "requests", "websocket-client")


def choose_backend(asked: str) -> tuple[str, str]:
    """The backend and why.

    Raises:
        UsageError: there is no such backend.
    """
    if asked not in BACKENDS:
        raise UsageError(f"there is no backend {asked!r}", where="--backend", alternatives=BACKENDS)
    if asked == "process":
        return "process", "asked for"
    return "process", "auto: local processes, the one backend of this version"


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


def planned_counts(
    plan: Plan, target: Target, fault_windows_s: Mapping[str, float]
) -> dict[tuple[str, str], int]:
    """Requests to expect by (phase, operation name): exact for the load, a mean for faults."""
    counts: dict[tuple[str, str], int] = {}
    names = [operation.name for operation in target.operations]
    if names and "load" in plan.profile.phases:
        schedule = planned_schedule(
            target.operations,
            seed=plan.seed,
            rate_per_s=plan.profile.rate_per_s,
            count=plan.profile.requests,
        )
        found = np.bincount(schedule["name_id"], minlength=len(set(names)))
        unique = list(dict.fromkeys(names))
        counts |= {("load", name): int(found[index]) for index, name in enumerate(unique)}
    weights = sum(operation.weight for operation in target.operations)
    for label, window_s in fault_windows_s.items():
        for operation in target.operations:
            expected = plan.profile.background_rate_per_s * window_s * operation.weight / weights
            key = (f"fault:{label}", operation.name)
            counts[key] = counts.get(key, 0) + int(expected)
    return counts


def system_info() -> dict[str, object]:
    """The machine and the versions that a reader needs to compare runs."""
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
