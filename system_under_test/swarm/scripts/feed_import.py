"""full_import: from the source's archive to the shop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from swarm.feed import latest_download
from swarm.jobs import TaskSpec
from swarm.scripts.definition import Parameter, ParameterError, Script
from swarm.scripts.steps import UPLOAD_CAPABILITIES, step


def _build(values: dict[str, Any], workspace: Path) -> list[TaskSpec]:
    parameters: dict[str, dict[str, Any]] = {
        "download": {},
        "filter": {"configured_reference": True},
        "metafields": {},
        "dedupe": {},
        "upload": {},
    }
    for name in ("download", "filter", "metafields", "upload"):
        if values[f"skip_{name}"]:
            del parameters[name]
    names = list(parameters)
    if "download" not in parameters:
        known = latest_download(workspace)
        if known is None:
            raise ParameterError({"skip_download": "nothing has been downloaded yet"})
        parameters[names[0]]["input_file"] = known.file
    steps = [
        step(
            name,
            f"products.{name}",
            parameters[name],
            dependencies=tuple(names[number - 1 : number]) if number else (),
            capabilities=UPLOAD_CAPABILITIES if name == "upload" else (),
        )
        for number, name in enumerate(names)
    ]
    return [*steps, step("summary", "products.summary", {}, dependencies=tuple(names))]


FULL_IMPORT = Script(
    name="full_import",
    description="Fetch the feed, filter it, put its metafields together, remove duplicates and "
    "upload the products to the shop; each step can be left out.",
    parameters=(
        Parameter("skip_download", "boolean", "Use the feed that was fetched last", default=False),
        Parameter("skip_filter", "boolean", "Do not judge or match the rows", default=False),
        Parameter("skip_metafields", "boolean", "Leave the metafields out", default=False),
        Parameter("skip_upload", "boolean", "Only make the file to upload", default=False),
    ),
    build=_build,
)
