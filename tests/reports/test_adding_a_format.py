"""docs/adding-a-report-format.md, carried out block by block."""

from pathlib import Path

import pytest

from tests.guides import copy_checkout


@pytest.mark.slow
@pytest.mark.timeout(600)  # a type check of everything, on a machine that does other things too
def test_the_guide_adds_a_report_format(tmp_path: Path) -> None:
    """Its file, lines and test work as they stand, and every other check still passes."""
    checkout = copy_checkout(tmp_path)
    checkout.follow("adding-a-report-format.md")
    assert any("test_csv_table.py" in command for command in checkout.commands)
