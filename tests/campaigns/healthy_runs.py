"""The gate on a healthy system: every verdict other than GO is a false alarm."""

from pathlib import Path

from tests.campaigns.campaign import Campaign, Round
from tests.campaigns.gate_runs import TARGET, gonogo, judged

ROUNDS_PER_BACKEND = 5


def _run(key: str, folder: Path) -> Round:
    profile, backend, number = key.split()
    done = gonogo(
        "run", "-f", str(TARGET), "--profile", profile, "--backend", backend,
        "--seed", str(1000 + int(number)), folder=folder,
    )  # fmt: skip
    return judged(done, folder)


HEALTHY_RUNS = Campaign(
    name="healthy-runs",
    promise="a healthy system is GO",
    rounds=tuple(
        f"default {backend} {number}"
        for number in range(ROUNDS_PER_BACKEND)
        for backend in ("process", "docker")
    ),
    run=_run,
)
