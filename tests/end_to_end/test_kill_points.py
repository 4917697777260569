"""kill -9 of the harness at the steps of a fault's journal: nothing is left, nothing is armed."""

from pathlib import Path

import pytest

from gonogo.gate.owner import sweep_dead
from gonogo_faults import CATALOGUE, open_intents
from tests.backends.builders import skip_without
from tests.kill_points.points import CASES, PLACES, kill_at
from tests.kill_points.steps import STEPS

# Each fault in each backend once, at a step of its own; tests/campaigns/kill_points.py has all.
POINTS = [(*place, STEPS[index % len(STEPS)]) for index, place in enumerate(PLACES)]


@pytest.mark.parametrize(("name", "backend", "step"), POINTS)
def test_nothing_is_left(tmp_path: Path, name: str, backend: str, step: str) -> None:
    """No process, port, container, network, volume, state or open intent after a while."""
    skip_without(backend)
    killed = kill_at(tmp_path, backend, name, step)
    assert killed.at_its_step, killed.said
    assert killed.left == []


def test_without_a_watchdog_something_is_left(tmp_path: Path) -> None:
    """The check finds a stopped service and an open intent; then they are healed."""
    killed = kill_at(tmp_path, "process", "pause", "observed", "unwatched")
    assert killed.at_its_step, killed.said
    assert any("web.py" in each for each in killed.left)
    assert any(each.startswith("intent ") for each in killed.left)
    (swept,) = sweep_dead(tmp_path)
    assert swept.run.startswith("kp-")
    assert open_intents(tmp_path / swept.run) == []


def test_every_fault_is_among_them() -> None:
    """A new fault in the catalogue gets its kill points too."""
    assert set(CASES) == CATALOGUE.keys() - {"noop"}
    assert {step for _, _, step in POINTS} == set(STEPS)
