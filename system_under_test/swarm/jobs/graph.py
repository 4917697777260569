"""A job's tasks as a graph, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from pydantic import ValidationError

from swarm.tasks import CAPABILITIES, TASK_TYPES


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """A task as asked for; ``dependencies`` are names of other tasks of the job."""

    name: str
    type: str
    parameters: dict[str, Any]
    priority: int = 5
    dependencies: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    timeout_s: float = 300.0
    max_retries: int = 3

    @property
    def needed(self) -> tuple[str, ...]:
        """All capabilities an agent must have, those of the task's type included."""
        own = TASK_TYPES[self.type].capability
        return tuple(sorted({*self.capabilities, *([own] if own else [])}))


def graph_problems(tasks: Sequence[TaskSpec]) -> dict[str, str]:
    """Return what is wrong, by place (``tasks.2.type``); empty when the job can run."""
    problems: dict[str, str] = {}
    names = [task.name for task in tasks]
    for number, task in enumerate(tasks):
        problems.update(
            {f"tasks.{number}.{place}": problem for place, problem in _problems(task, names)}
        )
        if task.name in names[:number]:
            problems[f"tasks.{number}.name"] = f"the name {task.name!r} is used twice"
    if not problems:
        try:
            TopologicalSorter({task.name: task.dependencies for task in tasks}).prepare()
        except CycleError as error:
            problems["tasks"] = "the dependencies form a cycle: " + " -> ".join(error.args[1])
    return problems


def _problems(task: TaskSpec, names: list[str]) -> list[tuple[str, str]]:
    found = [
        ("dependencies", f"there is no task named {name!r}")
        for name in task.dependencies
        if name not in names
    ]
    found += [
        ("capabilities", f"no agent can have {name!r}; known: {', '.join(sorted(CAPABILITIES))}")
        for name in task.capabilities
        if name not in CAPABILITIES
    ]
    task_type = TASK_TYPES.get(task.type)
    if task_type is None:
        found.append(("type", f"unknown type {task.type!r}; known: {', '.join(TASK_TYPES)}"))
        return found
    if not task.needed:
        found.append(("capabilities", f"a task of type {task.type} needs at least one capability"))
    try:
        task_type.parameters.model_validate(task.parameters)
    except ValidationError as error:
        found += [
            (".".join(("parameters", *map(str, detail["loc"]))), detail["msg"])
            for detail in error.errors()
        ]
    return found
