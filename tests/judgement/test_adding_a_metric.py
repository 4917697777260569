"""docs/adding-a-metric.md, carried out block by block."""

from pathlib import Path

from tests.guides import copy_checkout


def test_the_guide_adds_a_metric(tmp_path: Path) -> None:
    """Its file, lines, row and test work as they stand, and every other check still passes."""
    checkout = copy_checkout(tmp_path)
    checkout.follow("adding-a-metric.md")
    assert any("test_throughput.py" in command for command in checkout.commands)
