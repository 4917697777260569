"""A step of the product feed as a task."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from swarm.jobs import TaskSpec

TIMEOUT_S = 900.0
# In addition to the capability of the type: an agent may use the shop without uploading.
UPLOAD_CAPABILITIES = ("upload",)


def step(
    name: str,
    task_type: str,
    parameters: dict[str, Any],
    *,
    dependencies: tuple[str, ...] = (),
    capabilities: tuple[str, ...] = (),
) -> TaskSpec:
    """Return one task of the feed."""
    return TaskSpec(
        name=name,
        type=task_type,
        parameters=parameters,
        dependencies=dependencies,
        capabilities=capabilities,
        timeout_s=TIMEOUT_S,
    )


def single(
    name: str, task_type: str, *capabilities: str
) -> Callable[[dict[str, Any], Path], list[TaskSpec]]:
    """Return a builder of jobs that are one step with the script's own parameters."""

    def build(values: dict[str, Any], _workspace: Path) -> list[TaskSpec]:
        return [step(name, task_type, values, capabilities=capabilities)]

    return build
