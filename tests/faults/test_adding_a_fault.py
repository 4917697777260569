"""docs/adding-a-fault.md, carried out block by block."""

from pathlib import Path

import pytest

from tests.guides import copy_checkout


@pytest.mark.timeout(900)
def test_the_guide_adds_a_fault(tmp_path: Path) -> None:
    """Its files, lines, rows and test work as they stand, and every other check still passes."""
    checkout = copy_checkout(tmp_path)
    checkout.follow("adding-a-fault.md")
    assert "\n## abort\n" in (tmp_path / "docs" / "faults.md").read_text()
    assert any("test_abort.py" in command for command in checkout.commands)
