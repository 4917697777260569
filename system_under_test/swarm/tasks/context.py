"""What task code sees of the world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class PermanentError(Exception):
    """The task cannot succeed however often it is tried."""


@dataclass(frozen=True, slots=True)
class TaskContext:
    """One attempt at a task.

    ``inputs`` holds the results of the tasks it waited for, by name. ``report`` takes the
    share that is done (0 to 1); ``log`` takes a level (info, warning, error) and a message.
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
