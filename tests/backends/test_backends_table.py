"""The table of backends in the documents is the one the catalogue makes true."""

from pathlib import Path
from typing import Any

from gonogo.backends import choices
from gonogo_faults.catalogue import CATALOGUE

TABLE = Path(__file__).parents[2] / "docs" / "backends.md"
# What a fault cannot be made without.
NEEDED: dict[str, dict[str, Any]] = {
    "bandwidth": {"kb_per_s": 1},
    "clock": {"offset_s": 1.0},
    "cpu": {"cores": 0.5},
    "disk-full": {"path": "/data"},
    "loss": {"percent": 1.0},
    "read-only-disk": {"path": "/data"},
    "slow": {"latency_ms": 1.0},
    "slow-disk": {"sync_ms": 1.0},
}
CHOSEN = [each for each in choices() if each != "auto"]


def _rows() -> dict[str, list[str]]:
    """Cells of every row of the faults table, by the name of the fault."""
    text = TABLE.read_text().partition("## Which fault works where")[2].partition("\n## ")[0]
    cells = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `")]
    return {row[0].strip().strip("`"): [cell.strip() for cell in row[1:]] for row in cells}


def test_every_fault_says_where_it_works() -> None:
    """Each fault of the catalogue has a row that agrees with its ``backends``, and no other has."""
    documented = {
        name: {backend for backend, cell in zip(CHOSEN, row, strict=False) if cell != "no"}
        for name, row in _rows().items()
    }
    real = {
        name: set(make(**NEEDED.get(name, {})).backends) & set(CHOSEN)
        for name, make in CATALOGUE.items()
        if name != "noop"
    }
    assert documented == real


def test_every_backend_is_described() -> None:
    """A backend that can be chosen has a column."""
    assert f"| fault | {' | '.join(CHOSEN)} |" in TABLE.read_text()
