"""Jobs in Redis: submitted, read, listed and cancelled, each in one atomic step."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from swarm.memory.errors import applied, pairs
from swarm.memory.paging import Page, read_page
from swarm.orchestrator.graph import TaskSpec
from swarm.store import Once, Store

JOB_STATES = ("queued", "running", "completed", "failed", "cancelled")


class TooManyJobs(Exception):
    """The account has as many active jobs as it may."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a task; times are Unix milliseconds."""

    agent_id: str
    outcome: str
    error: str | None
    started_ms: int
    ended_ms: int


@dataclass(frozen=True, slots=True)
class Task:
    """A task as it stands."""

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
    """What a job has brought forth so far: results by name of the tasks nothing waits for."""

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


class JobBook:
    """The jobs of one namespace."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def submit(  # noqa: PLR0913 - each is a field of the job
        self,
        job_id: str,
        *,
        owner: str,
        name: str,
        parameters: dict[str, Any],
        tasks: Sequence[TaskSpec],
        active_jobs_max: int,
        ttl_s: float,
        series: str = "",
        once: Once | None = None,
    ) -> str:
        """Queue a job whose graph was checked; returns its id. Raises TooManyJobs.

        Jobs of one ``series`` can be listed together.
        """
        args: list[str | float] = [job_id, owner, name, json.dumps(parameters)]
        args += [active_jobs_max, int(ttl_s * 1000), series]
        for task in tasks:
            args += _task_arguments(task, tasks)
        reply = self._store.run("job_submit", *args, once=once)
        if reply[0] == "limit":
            raise TooManyJobs(f"{reply[1]} jobs are active")
        return str(applied(reply)[0])

    def read(self, job_id: str) -> tuple[Job, list[Task]]:
        """Return a job and its tasks as of one moment; raises Missing."""
        job, *rest = applied(self._store.run("job_read", job_id))
        tasks = [
            _parse_task(fields, attempts)
            for fields, attempts in zip(rest[::2], rest[1::2], strict=True)
        ]
        return Job.parse(pairs(job)), tasks

    def owner(self, job_id: str) -> str | None:
        """Return whose job it is, None when there is no such job."""
        return self._store.field("job", job_id, "owner")

    def page(self, *, owner: str, state: str, page: int, per_page: int) -> Page[Job]:
        """Return one page; ``*`` stands for any owner or any state."""
        rows = read_page(
            self._store, "jobs", "job", owner=owner, state=state, page=page, per_page=per_page
        )
        return Page([Job.parse(row) for row in rows.items], rows.total)

    def series(self, series: str, *, owner: str, page: int, per_page: int) -> Page[Job]:
        """Return one page of the jobs of a series; ``*`` stands for any owner."""
        rows = read_page(
            self._store, "series", "job", owner=owner, state=series, page=page, per_page=per_page
        )
        return Page([Job.parse(row) for row in rows.items], rows.total)

    def cancel(self, job_id: str, once: Once | None = None) -> None:
        """Cancel a job with all its tasks; raises Missing, Ended."""
        applied(self._store.run("job_cancel", job_id, once=once))

    def results(self, job_id: str) -> JobResults:
        """Return a job's state and results; raises Missing."""
        state, error, *flat = applied(self._store.run("job_results", job_id))
        results = {name: json.loads(text) for name, text in pairs(flat).items()}
        return JobResults(state, error or None, results)

    def log(self, job_id: str, *, after: str, count: int) -> list[LogLine]:
        """Return log lines newer than ``after``, oldest first."""
        rows = self._store.read_stream("job", job_id, "log", after=f"({after}", count=count)
        return [
            LogLine(line_id, fields["level"], fields["message"], fields["task"] or None)
            for line_id, fields in rows
        ]


def _task_arguments(task: TaskSpec, tasks: Sequence[TaskSpec]) -> list[str | float]:
    waits_for = [n for n, other in enumerate(tasks) if other.name in task.dependencies]
    waited_by = [n for n, other in enumerate(tasks) if task.name in other.dependencies]
    return [
        task.name,
        task.type,
        json.dumps(task.parameters),
        task.priority,
        ",".join(task.needed),
        int(task.timeout_s * 1000),
        task.max_retries,
        " ".join(map(str, waits_for)),
        " ".join(map(str, waited_by)),
    ]


def _parse_task(fields: list[str | None], attempts: list[str]) -> Task:
    texts = [field or "" for field in fields]
    return Task(
        id=texts[0],
        name=texts[1],
        type=texts[2],
        priority=int(texts[3]),
        capabilities=tuple(texts[4].split(",")),
        dependencies=tuple(map(int, texts[5].split())),
        state=texts[6],
        agent_id=texts[7] or None,
        failures=int(texts[8]),
        losses=int(texts[9]),
        fraction=int(texts[10]) / 1000,
        error=texts[11] or None,
        started_ms=_optional_int(texts[12]),
        finished_ms=_optional_int(texts[13]),
        timeout_s=int(texts[14]) / 1000,
        max_retries=int(texts[15]),
        attempts=tuple(_parse_attempt(json.loads(text)) for text in attempts),
    )


def _parse_attempt(fields: dict[str, Any]) -> Attempt:
    return Attempt(
        agent_id=fields["agent_id"],
        outcome=fields["outcome"],
        error=fields.get("error"),
        started_ms=int(fields["started_ms"]),
        ended_ms=int(fields["ended_ms"]),
    )


def _optional_int(text: str | None) -> int | None:
    return int(text) if text else None
