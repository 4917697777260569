"""Jobs and tasks as they stand; each is read at one moment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a task; times are Unix milliseconds."""

    agent_id: str
    outcome: str
    error: str | None
    started_ms: int
    ended_ms: int

    @classmethod
    def parse(cls, text: str) -> Attempt:
        """Build an attempt from its JSON text."""
        fields = json.loads(text)
        return cls(
            agent_id=fields["agent_id"],
            outcome=fields["outcome"],
            error=fields.get("error"),
            started_ms=int(fields["started_ms"]),
            ended_ms=int(fields["ended_ms"]),
        )


@dataclass(frozen=True, slots=True)
class Task:
    """A task as it stands; ``dependencies`` are numbers of the job's tasks, from 0."""

    id: str
    name: str
    type: str
    priority: int
    capabilities: tuple[str, ...]
    dependencies: tuple[int, ...]
    state: str
    agent_id: str | None
    failures: int
    losses: int
    fraction: float
    error: str | None
    started_ms: int | None
    finished_ms: int | None
    timeout_s: float
    max_retries: int
    attempts: tuple[Attempt, ...]

    @classmethod
    def parse(cls, fields: dict[str, str | None], attempts: list[str]) -> Task:
        """Build a task from its stored fields and its attempts as JSON texts."""
        texts = {name: text or "" for name, text in fields.items()}
        return cls(
            id=texts["id"],
            name=texts["name"],
            type=texts["type"],
            priority=int(texts["priority"]),
            capabilities=tuple(texts["capabilities"].split(",")),
            dependencies=tuple(map(int, texts["dependencies"].split())),
            state=texts["state"],
            agent_id=texts["agent"] or None,
            failures=int(texts["failures"]),
            losses=int(texts["losses"]),
            fraction=int(texts["fraction"]) / 1000,
            error=texts["error"] or None,
            started_ms=_optional_int(texts["started_ms"]),
            finished_ms=_optional_int(texts["finished_ms"]),
            timeout_s=int(texts["timeout_ms"]) / 1000,
            max_retries=int(texts["max_retries"]),
            attempts=tuple(Attempt.parse(text) for text in attempts),
        )


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands; ``parameters`` is JSON text, times are Unix milliseconds."""

    id: str
    owner: str
    name: str
    parameters: str
    state: str
    stage: str
    progress: float
    error: str | None
    created_ms: int
    started_ms: int | None
    finished_ms: int | None
    task_count: int
    tasks_completed: int
    tasks_failed: int

    @classmethod
    def parse(cls, fields: dict[str, str]) -> Job:
        """Build a job from its stored fields."""
        return cls(
            id=fields["id"],
            owner=fields["owner"],
            name=fields["name"],
            parameters=fields["parameters"],
            state=fields["state"],
            stage=fields["stage"],
            progress=float(fields["progress"]),
            error=fields.get("error") or None,
            created_ms=int(fields["created_ms"]),
            started_ms=_optional_int(fields.get("started_ms")),
            finished_ms=_optional_int(fields.get("finished_ms")),
            task_count=int(fields["task_count"]),
            tasks_completed=int(fields["tasks_completed"]),
            tasks_failed=int(fields["tasks_failed"]),
        )


@dataclass(frozen=True, slots=True)
class JobResults:
    """The results so far, by name, of the tasks that no other task depends on."""

    state: str
    error: str | None
    results: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a job's log; ``id`` orders lines and starts with Unix milliseconds."""

    id: str
    level: str
    message: str
    task: str | None


def _optional_int(text: str | None) -> int | None:
    return int(text) if text else None
