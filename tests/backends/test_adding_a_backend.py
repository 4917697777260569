"""docs/adding-a-backend.md, carried out block by block."""

from pathlib import Path

import pytest

from tests.guides import copy_checkout


@pytest.mark.timeout(900)
def test_the_guide_adds_a_backend(tmp_path: Path) -> None:
    """Its file, lines and test work as they stand, and the contract holds in the new backend."""
    checkout = copy_checkout(tmp_path)
    checkout.follow("adding-a-backend.md")
    assert "| docker | process | nice | attach |" in (checkout.root / "docs/faults.md").read_text()
