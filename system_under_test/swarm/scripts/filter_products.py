"""filter_products: clean a product feed and keep what a reference knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from swarm.jobs import TaskSpec
from swarm.scripts.definition import Parameter, Script


def _build(values: dict[str, Any], _workspace: Path) -> list[TaskSpec]:
    return [TaskSpec(name="filter", type="products.filter", parameters=values, timeout_s=600.0)]


FILTER_PRODUCTS = Script(
    name="filter_products",
    description="Normalise and validate the rows of a product feed, and keep those whose item "
    "number a reference knows. Bad rows go to a reject file with reason and line.",
    parameters=(
        Parameter("input_file", "file", "Product feed (CSV)", required=True),
        Parameter("reference_file", "file", "Reference (CSV with ItemNumber)"),
        Parameter("debug", "boolean", "Log how many rows each reason rejected", default=False),
    ),
    build=_build,
)
