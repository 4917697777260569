"""docs/adding-a-metric.md, followed to the letter."""

from pathlib import Path

from tests.guides import copy_checkout


def test_the_guide_adds_a_metric(tmp_path: Path) -> None:
    """Its file, lines, row and test work as they stand, and every other check still passes."""
    checkout = copy_checkout(tmp_path)
    checkout.follow("adding-a-metric.md")
    assert checkout.commands == ["make check"]
    checkout.run_house_checks(
        [
            "tests/judgement/test_throughput.py",
            "tests/judgement/test_metrics.py",
            "tests/judgement/test_judgement_room.py",
            "tests/judgement/test_objectives_language.py",
            "tests/test_tidy.py",
            "tests/test_layers.py",
        ]
    )
