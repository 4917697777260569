"""kill -9 of the harness at every step of every fault's journal, in each backend it works in."""

from pathlib import Path

from tests.campaigns.campaign import Campaign, Round
from tests.kill_points.points import PLACES, kill_at
from tests.kill_points.steps import STEPS

CLEAN_S_MAX = 5.0


def _run(key: str, folder: Path) -> Round:
    name, backend, step = key.split()
    killed = kill_at(folder, backend, name, step)
    if not killed.at_its_step:
        return Round(passed=False, took_s=killed.clean_after_s, said=f"not reached: {killed.said}")
    if killed.left:
        return Round(passed=False, took_s=killed.clean_after_s, said=f"left: {killed.left}")
    soon = killed.clean_after_s < CLEAN_S_MAX
    return Round(passed=soon, took_s=killed.clean_after_s, said="" if soon else "too late")


KILL_POINTS = Campaign(
    name="kill-points",
    promise=f"nothing is left {CLEAN_S_MAX:g} s after a kill -9 of the harness",
    rounds=tuple(f"{name} {backend} {step}" for name, backend in PLACES for step in STEPS),
    run=_run,
    workers=2,
)
