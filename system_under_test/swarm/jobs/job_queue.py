"""The queue of jobs: submitted, read, listed and cancelled, each in one atomic step."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from swarm.jobs.graph import TaskSpec
from swarm.jobs.model import Job, JobResults, LogLine, Task
from swarm.jobs.scripts import STATE_MACHINE
from swarm.memory import Page, read_page
from swarm.store import Argument, Once, Script, Store

_SUBMIT = Script("swarm.jobs", "job_submit", (STATE_MACHINE,), raw=("parameters",))
_READ = Script("swarm.jobs", "job_read")
_CANCEL = Script("swarm.jobs", "job_cancel", (STATE_MACHINE,))
_RESULTS = Script("swarm.jobs", "job_results")


class TooManyJobs(Exception):
    """The account has as many active jobs as it may."""


class JobQueue:
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
        reply = self._store.run(
            _SUBMIT,
            once=once,
            job_id=job_id,
            owner=owner,
            name=name,
            parameters=json.dumps(parameters),
            active_jobs_max=active_jobs_max,
            ttl_ms=int(ttl_s * 1000),
            series=series,
            tasks=[_task_argument(task, tasks) for task in tasks],
        )
        if reply.outcome == "limit":
            raise TooManyJobs(f"{reply.number('active')} jobs are active")
        return reply.require_ok().text("job_id")

    def read(self, job_id: str) -> tuple[Job, list[Task]]:
        """Return a job and its tasks as of one moment; raises Missing."""
        reply = self._store.run(_READ, job_id=job_id).require_ok()
        names = reply.texts("task_fields")
        rows, attempts = reply.rows("tasks"), reply.text_lists("attempts")
        tasks = [
            Task.parse(dict(zip(names, row, strict=True)), of_task)
            for row, of_task in zip(rows, attempts, strict=True)
        ]
        return Job.parse(reply.fields("job")), tasks

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
        self._store.run(_CANCEL, once=once, job_id=job_id).require_ok()

    def results(self, job_id: str) -> JobResults:
        """Return a job's state and results; raises Missing."""
        reply = self._store.run(_RESULTS, job_id=job_id).require_ok()
        return JobResults(
            state=reply.text("state"),
            error=reply.text("error") or None,
            results={name: json.loads(text) for name, text in reply.fields("results").items()},
        )

    def log(self, job_id: str, *, after: str, count: int) -> list[LogLine]:
        """Return log lines newer than ``after``, oldest first."""
        rows = self._store.read_stream("job", job_id, "log", after=f"({after}", count=count)
        return [
            LogLine(line_id, fields["level"], fields["message"], fields["task"] or None)
            for line_id, fields in rows
        ]


def _task_argument(task: TaskSpec, tasks: Sequence[TaskSpec]) -> dict[str, Argument]:
    return {
        "name": task.name,
        "type": task.type,
        "parameters": json.dumps(task.parameters),
        "priority": task.priority,
        "capabilities": task.needed,
        "timeout_ms": int(task.timeout_s * 1000),
        "max_retries": task.max_retries,
        "dependencies": [n for n, other in enumerate(tasks) if other.name in task.dependencies],
        "dependants": [n for n, other in enumerate(tasks) if task.name in other.dependencies],
    }
