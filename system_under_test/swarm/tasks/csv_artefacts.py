"""Files of the product feed as artefacts: named in the result, to be fetched by name."""

from __future__ import annotations

import hashlib
from pathlib import Path

from swarm.tasks.context import TaskContext


def csv_artefacts(context: TaskContext, *files: str) -> list[dict[str, object]]:
    """Describe those of the files (names in the workspace) that are in the job's results."""
    directory = context.results_directory()
    found = []
    for name in files:
        path = context.workspace / name
        if path.parent == directory:
            found.append(_artefact(path))
    return found


def _artefact(path: Path) -> dict[str, object]:
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return {
        "name": path.name,
        "media_type": "text/csv",
        "size_bytes": path.stat().st_size,
        "sha256": digest,
    }
