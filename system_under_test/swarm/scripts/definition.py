"""What a script is: a name, a list of parameters, and the tasks they make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swarm.jobs import TaskSpec
from swarm.tasks import OutsideWorkspace, workspace_file

PARAMETER_TYPES = {
    "file": "the name of a file in the workspace",
    "integer": "a whole number",
    "boolean": "true or false",
    "string_list": "a list of strings",
}


class ParameterError(ValueError):
    """Parameters do not fit; ``problems`` says what is wrong with which one."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {what}" for name, what in problems.items()))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; ``type`` is one of PARAMETER_TYPES, the limits are for integers."""

    name: str
    type: str
    description: str
    required: bool = False
    default: Any = None
    minimum: int | None = None
    maximum: int | None = None

    def problem(self, value: Any, workspace: Path) -> str | None:
        """Return what is wrong with a value, None when nothing is."""
        if not self._fits(value):
            return f"must be {PARAMETER_TYPES[self.type]}"
        if self.minimum is not None and value < self.minimum:
            return f"must be at least {self.minimum}"
        if self.maximum is not None and value > self.maximum:
            return f"must be at most {self.maximum}"
        if self.type == "file":
            try:
                workspace_file(workspace, value)
            except OutsideWorkspace as error:
                return str(error)
        return None

    def _fits(self, value: Any) -> bool:
        if self.type == "integer":
            # In Python True is an int; in JSON it is not.
            return isinstance(value, int) and not isinstance(value, bool)
        if self.type == "boolean":
            return isinstance(value, bool)
        if self.type == "string_list":
            return isinstance(value, list) and all(isinstance(item, str) for item in value)
        return isinstance(value, str)


@dataclass(frozen=True, slots=True)
class Script:
    """A script; ``build`` turns checked parameters into tasks."""

    name: str
    description: str
    parameters: tuple[Parameter, ...]
    build: Callable[[dict[str, Any], Path], Sequence[TaskSpec]]

    def plan(self, given: dict[str, Any], workspace: Path) -> Sequence[TaskSpec]:
        """Check the parameters and return the tasks; raises ParameterError."""
        known = {parameter.name: parameter for parameter in self.parameters}
        problems = {
            name: f"unknown parameter; known: {', '.join(known)}"
            for name in given
            if name not in known
        }
        values: dict[str, Any] = {}
        for name, parameter in known.items():
            # Null means "not given": forms send it for an empty field.
            value = given.get(name)
            values[name] = parameter.default if value is None else value
            if value is None:
                if parameter.required:
                    problems[name] = "is required"
                continue
            problem = parameter.problem(value, workspace)
            if problem is not None:
                problems[name] = problem
        if problems:
            raise ParameterError(problems)
        return self.build(values, workspace)
