"""The plan survives being written and read."""

import json
from dataclasses import replace
from pathlib import Path

from gonogo.observation import PLAN, read_plan, write_plan
from tests.run_builder import empty_builder


def test_the_plan_carries_its_scenarios(tmp_path: Path) -> None:
    """Node ids go in and come out as a tuple."""
    plan = replace(empty_builder(tmp_path).plan, scenarios=("a.py::test_a", "b.py::test_b"))
    write_plan(tmp_path, plan)
    assert read_plan(tmp_path) == plan


def test_a_plan_without_scenarios_is_read(tmp_path: Path) -> None:
    """A run directory of an older version has none, and is judged without them."""
    write_plan(tmp_path, empty_builder(tmp_path).plan)
    raw = json.loads((tmp_path / PLAN).read_text())
    del raw["scenarios"]
    (tmp_path / PLAN).write_text(json.dumps(raw))
    assert read_plan(tmp_path).scenarios == ()
