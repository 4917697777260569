"""Scripts: which there are, and running them."""

from __future__ import annotations

import uuid
from typing import Any

from apiflask import APIBlueprint

from swarm.api.idempotency import once
from swarm.api.models import ExecuteBody
from swarm.api.problems import Problem
from swarm.api.security import caller
from swarm.api.services import services
from swarm.scripts import SCRIPTS, ParameterError, Script

blueprint = APIBlueprint("scripts", __name__, url_prefix="/api/scripts", tag="scripts")


def _script_document(script: Script) -> dict[str, Any]:
    return {
        "name": script.name,
        "description": script.description,
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.type,
                "description": parameter.description,
                "required": parameter.required,
                "default": parameter.default,
                "minimum": parameter.minimum,
                "maximum": parameter.maximum,
            }
            for parameter in script.parameters
        ],
    }


def _find(name: str) -> Script:
    script = SCRIPTS.get(name)
    if script is None:
        raise Problem(404, f"there is no script {name!r}; known: {', '.join(SCRIPTS)}")
    return script


@blueprint.get("")
def list_scripts() -> dict[str, Any]:
    """List the scripts."""
    return {"scripts": [_script_document(script) for script in SCRIPTS.values()]}


@blueprint.get("/<name>")
def read_script(name: str) -> dict[str, Any]:
    """Describe one script."""
    return _script_document(_find(name))


@blueprint.post("/execute")
@blueprint.input(ExecuteBody, arg_name="body")
def execute(body: ExecuteBody) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Run a script as a job."""
    return start(_find(body.script), body.parameters)


def start(script: Script, parameters: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Start a script as a job of the caller; raises Problem when the parameters do not fit."""
    found = services()
    try:
        tasks = script.plan(parameters, found.settings.workspace)
    except ParameterError as error:
        errors = {f"parameters.{name}": what for name, what in error.problems.items()}
        raise Problem(400, "the parameters do not fit the script", errors=errors) from None
    job_id = found.jobs.submit(
        uuid.uuid4().hex,
        owner=caller().account_id,
        name=script.name,
        parameters=parameters,
        tasks=tasks,
        active_jobs_max=found.settings.active_jobs_max,
        ttl_s=found.settings.job_ttl_s,
        series=script.name,
        once=once(caller().account_id),
    )
    return {"job_id": job_id}, 202, {"Location": f"/api/jobs/{job_id}"}
