"""A run that is judged GO; each test changes one thing in it."""

from pathlib import Path

import pytest

from tests.run_builder import RunBuilder, go_builder


@pytest.fixture
def builder(tmp_path: Path) -> RunBuilder:
    """A complete GO run, not yet written."""
    return go_builder(tmp_path / "run-1")
