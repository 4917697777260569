"""What task code gets from the agent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class PermanentError(Exception):
    """The task fails for good; a retry cannot help."""


@dataclass(frozen=True, slots=True)
class TaskContext:
    """One attempt at a task.

    ``inputs`` holds the results of its dependencies, by name. ``report`` takes the fraction
    done (0 to 1); ``log`` takes a level (info, warning, error) and a message.
    """

    job_id: str
    workspace: Path
    inputs: dict[str, Any]
    report: Callable[[float], None]
    log: Callable[[str, str], None]

    def results_directory(self) -> Path:
        """Return the job's own directory for the files it makes."""
        path = self.workspace / "results" / self.job_id
        path.mkdir(parents=True, exist_ok=True)
        return path
