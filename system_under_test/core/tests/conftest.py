"""Fixtures of the core's tests."""

import json
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="session")
def genome_path() -> Path:
    """The genome of Escherichia coli 536."""
    return DATA / "NC_008253.fna.gz"


@pytest.fixture(scope="session")
def genes() -> list[dict[str, Any]]:
    """Five genes located on it."""
    document: dict[str, Any] = json.loads((DATA / "pleiotropic_genes.json").read_text("utf-8"))
    found: list[dict[str, Any]] = document["genes"]
    return found


@pytest.fixture(scope="session")
def regions(genes: list[dict[str, Any]]) -> list[tuple[int, int, str]]:
    """Their coordinates."""
    return [(gene["start"], gene["end"], gene["strand"]) for gene in genes]
