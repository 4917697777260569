"""kill -9 of the harness at twenty random moments in containers: nothing is left of the run."""

import random

import pytest

from tests.backends.builders import skip_without
from tests.end_to_end.conftest import Gate
from tests.end_to_end.killing import assert_clean, assert_judged, killed_after
from tests.end_to_end.small_target import small_target

MOMENTS = 20
SPREAD_S = 1.0  # one moment in each second of a run: images, creation, start, load, faults
_RANDOM = random.Random(30)  # noqa: S311 - a seeded choice of moments, not a secret
AFTER_S = [round(0.5 + (index + _RANDOM.random()) * SPREAD_S, 2) for index in range(MOMENTS)]


@pytest.mark.parametrize("after_s", AFTER_S)
def test_nothing_is_left_of_containers(gate: Gate, after_s: float) -> None:
    """No container, network, volume, process or port remains, and none appears later.

    The evidence up to the kill can be judged.
    """
    skip_without("docker")
    gate.backend = "docker"
    command = gate.command("run", "--profile", "quick", "-f", str(small_target(gate.folder)))
    runs, killed_at = killed_after(gate, command, after_s)
    assert_clean(runs, killed_at)
    assert_judged(gate, runs)
