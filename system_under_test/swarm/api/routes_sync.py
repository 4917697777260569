"""Sync: bringing the product feed into the shop, and the runs there were."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from swarm.api.models import PageQuery
from swarm.api.routes_jobs import job_document
from swarm.api.routes_scripts import start
from swarm.api.security import caller
from swarm.api.services import services
from swarm.scripts import FULL_IMPORT

blueprint = APIBlueprint("sync", __name__, url_prefix="/api/sync", tag="sync")


@blueprint.post("/trigger")
@blueprint.doc(responses={202: "The job that does it"})
def trigger() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Start a full import with all its steps."""
    return start(FULL_IMPORT, {})


@blueprint.get("/history")
@blueprint.input(PageQuery, location="query", arg_name="query")
def history(query: PageQuery) -> dict[str, Any]:
    """List full imports, newest first, however they were started."""
    page = services().jobs.series(
        FULL_IMPORT.name, owner=caller().scope, page=query.page, per_page=query.per_page
    )
    return {
        "runs": [job_document(job) for job in page.items],
        "total": page.total,
        "page": query.page,
        "per_page": query.per_page,
    }
