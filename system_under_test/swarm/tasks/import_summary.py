"""The last task of a full import: figures of each step, rejected rows and duplicates."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from swarm.feed.files import read_rows
from swarm.tasks.context import TaskContext
from swarm.tasks.csv_artefacts import csv_artefacts
from swarm.tasks.products import permanent_errors
from swarm.tasks.workspace import workspace_file

# How many are listed in the result; the files have all.
LISTED_MAX = 1000


class NoParameters(BaseModel):
    """Takes nothing."""

    model_config = ConfigDict(extra="forbid")


def summarise(context: TaskContext, _parameters: NoParameters) -> dict[str, Any]:
    """Put the results of the steps together, with the rows their files list.

    ``rejects`` and ``duplicates`` hold the first 1000 each; ``line`` is that in the file the
    step worked on.
    """
    steps: dict[str, dict[str, Any]] = context.inputs
    rejects: list[dict[str, Any]] = []
    for name in ("filter", "upload"):
        if name in steps:
            rejects += [
                {"step": name, "line": int(row["line"]), "reason": row["reason"]}
                for row in _rows(context, steps[name]["reject_file"])
            ]
    duplicates = [
        {
            "line": int(row["line"]),
            "kept_line": int(row["kept_line"]),
            "sku": row["SKU"],
            "newsku": row.get("newsku", ""),
        }
        for row in (_rows(context, steps["dedupe"]["removed_file"]) if "dedupe" in steps else ())
    ]
    files = [
        str(result[kind])
        for result in steps.values()
        for kind in ("result_file", "reject_file", "removed_file")
        if kind in result
    ]
    return {
        "steps": steps,
        "rejects": rejects[:LISTED_MAX],
        "rejects_total": len(rejects),
        "duplicates": duplicates[:LISTED_MAX],
        "duplicates_total": len(duplicates),
        "artefacts": csv_artefacts(context, *files),
    }


def _rows(context: TaskContext, name: str) -> list[dict[str, str]]:
    with permanent_errors():
        return read_rows(workspace_file(context.workspace, name))
