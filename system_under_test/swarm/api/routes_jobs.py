"""Jobs: submitting, following and cancelling them."""

from __future__ import annotations

import time
import uuid
from typing import Any

from apiflask import APIBlueprint
from flask import Response, send_file

from swarm.api.idempotency import once
from swarm.api.models import AfterQuery, JobBody, JobsQuery
from swarm.api.problems import Problem
from swarm.api.security import caller
from swarm.api.services import services
from swarm.api.times import iso
from swarm.jobs import Job, Task, TaskSpec, graph_problems
from swarm.memory import ANY
from swarm.store import Missing
from swarm.tasks import OutsideWorkspace, workspace_file

blueprint = APIBlueprint("jobs", __name__, url_prefix="/api/jobs", tag="jobs")


def job_document(job: Job) -> dict[str, Any]:
    """Return a job as the api shows it."""
    return {
        "id": job.id,
        "name": job.name,
        "status": job.state,
        "stage": job.stage,
        "progress": job.progress,
        "error": job.error,
        "created_at": iso(job.created_ms),
        "started_at": iso(job.started_ms),
        "finished_at": iso(job.finished_ms),
        "tasks_total": job.task_count,
        "tasks_completed": job.tasks_completed,
        "tasks_failed": job.tasks_failed,
        **_pace(job),
    }


def _pace(job: Job) -> dict[str, Any]:
    """Tasks per second so far, and when the job would be done at the pace of its progress."""
    if job.started_ms is None:
        return {"throughput_per_s": None, "estimated_completion": None}
    now_ms = int(time.time() * 1000)
    elapsed_ms = max(1, (job.finished_ms or now_ms) - job.started_ms)
    estimate = None
    # Progress up to 20 is set before the tasks run, so it says nothing about their pace.
    if job.finished_ms is None and job.progress > 20:
        estimate = iso(now_ms + int(elapsed_ms * (100 - job.progress) / (job.progress - 20)))
    return {
        "throughput_per_s": round(job.tasks_completed * 1000 / elapsed_ms, 3),
        "estimated_completion": estimate,
    }


def _task_document(task: Task, names: list[str]) -> dict[str, Any]:
    return {
        "id": task.id,
        "name": task.name,
        "type": task.type,
        "priority": task.priority,
        "capabilities": list(task.capabilities),
        "dependencies": [names[number] for number in task.dependencies],
        "state": task.state,
        "agent_id": task.agent_id,
        "progress": task.fraction,
        "timeout_s": task.timeout_s,
        "max_retries": task.max_retries,
        "error": task.error,
        "started_at": iso(task.started_ms),
        "finished_at": iso(task.finished_ms),
        "attempts": [
            {
                "agent_id": attempt.agent_id,
                "outcome": attempt.outcome,
                "error": attempt.error,
                "started_at": iso(attempt.started_ms),
                "ended_at": iso(attempt.ended_ms),
            }
            for attempt in task.attempts
        ],
    }


def _check_access(job_id: str) -> None:
    # A job of another account is 404, not 403: whether it exists must not be visible.
    owner = services().jobs.owner(job_id)
    if owner is None or not caller().may_see(owner):
        raise Missing


@blueprint.post("")
@blueprint.input(JobBody, arg_name="body")
def submit(body: JobBody) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Submit a job as a graph of tasks."""
    found = services()
    tasks = [
        TaskSpec(
            name=task.name,
            type=task.type,
            parameters=task.parameters,
            priority=task.priority,
            dependencies=tuple(task.dependencies),
            capabilities=tuple(task.capabilities),
            timeout_s=task.timeout_s,
            max_retries=task.max_retries,
        )
        for task in body.tasks
    ]
    problems = graph_problems(tasks)
    if problems:
        raise Problem(400, "the job cannot run", errors=problems)
    job_id = found.jobs.submit(
        uuid.uuid4().hex,
        owner=caller().account_id,
        name=body.name,
        parameters={},
        tasks=tasks,
        active_jobs_max=found.settings.active_jobs_max,
        ttl_s=found.settings.job_ttl_s,
        once=once(caller().account_id),
    )
    return {"job_id": job_id}, 202, {"Location": f"/api/jobs/{job_id}"}


@blueprint.get("")
@blueprint.input(JobsQuery, location="query", arg_name="query")
def list_jobs(query: JobsQuery) -> dict[str, Any]:
    """List jobs, newest first."""
    page = services().jobs.page(
        owner=caller().scope,
        state=query.status or ANY,
        page=query.page,
        per_page=query.per_page,
    )
    return {
        "jobs": [job_document(job) for job in page.items],
        "total": page.total,
        "page": query.page,
        "per_page": query.per_page,
    }


@blueprint.get("/<job_id>")
def read_job(job_id: str) -> dict[str, Any]:
    """Return a job and its tasks."""
    job, tasks = services().jobs.read(job_id)
    if not caller().may_see(job.owner):
        raise Missing
    names = [task.name for task in tasks]
    return {**job_document(job), "tasks": [_task_document(task, names) for task in tasks]}


@blueprint.post("/<job_id>/cancel")
def cancel(job_id: str) -> dict[str, Any]:
    """Cancel a job."""
    _check_access(job_id)
    services().jobs.cancel(job_id, once=once(caller().account_id))
    return {"job_id": job_id, "status": "cancelled"}


@blueprint.get("/<job_id>/logs")
@blueprint.input(AfterQuery, location="query", arg_name="query")
def read_logs(job_id: str, query: AfterQuery) -> dict[str, Any]:
    """Return a job's log, oldest line first."""
    _check_access(job_id)
    lines = services().jobs.log(job_id, after=query.after, count=query.limit)
    return {
        "job_id": job_id,
        "logs": [
            {
                "id": line.id,
                "time": iso(int(line.id.partition("-")[0])),
                "level": line.level,
                "message": line.message,
                "task": line.task,
            }
            for line in lines
        ],
    }


@blueprint.get("/<job_id>/result")
def read_result(job_id: str) -> dict[str, Any]:
    """Return a completed job's result; with several final tasks, one result by name of each."""
    _check_access(job_id)
    found = services().jobs.results(job_id)
    if found.state != "completed":
        raise Problem(409, f"the job is {found.state}", state=found.state, error=found.error)
    results = found.results
    result = next(iter(results.values())) if len(results) == 1 else results
    return {"job_id": job_id, "status": found.state, "result": result}


@blueprint.get("/<job_id>/artefacts/<name>")
def read_artefact(job_id: str, name: str) -> Response:
    """Return a file the job made, as it is named among the artefacts of its result."""
    _check_access(job_id)
    found = services().jobs.results(job_id)
    named = {
        artefact["name"]: artefact
        for result in found.results.values()
        if isinstance(result, dict) and found.state == "completed"
        for artefact in result.get("artefacts", [])
    }
    if name not in named:
        raise Missing
    try:
        # Only from the job's own directory, whatever the result names.
        path = workspace_file(services().settings.workspace, f"results/{job_id}/{name}")
    except OutsideWorkspace:
        # The file was removed from the workspace.
        raise Missing from None
    # As an attachment: a browser must not run a job's file as a page of this origin.
    return send_file(
        path, mimetype=named[name]["media_type"], as_attachment=True, download_name=name
    )
