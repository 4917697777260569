"""kill -9 of the harness at twenty random moments: nothing is left, the log is judged."""

import random

import pytest

from tests.end_to_end.conftest import Gate, only
from tests.end_to_end.killing import assert_clean, assert_judged, killed_after

MOMENTS = 20
SPREAD_S = 1.0  # one moment in each second of a run: start, contract, load, faults
_RANDOM = random.Random(20)  # noqa: S311 - a seeded choice of moments, not a secret
AFTER_S = [round((index + _RANDOM.random()) * SPREAD_S, 2) for index in range(MOMENTS)]


@pytest.mark.parametrize("after_s", AFTER_S)
def test_nothing_is_left(gate: Gate, after_s: float) -> None:
    """No process, port or state of the run remains; it can be judged."""
    target = gate.target(only("load", "faults", requests=1800, rate_per_s=150))
    command = gate.command("run", "--profile", "quick", "-f", str(target))
    runs, killed_at = killed_after(gate, command, after_s)
    assert_clean(runs, killed_at)
    assert_judged(gate, runs)
