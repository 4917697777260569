"""Health, agents and events."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from swarm.api.models import AfterQuery, AgentsQuery
from swarm.api.problems import Problem
from swarm.api.security import caller
from swarm.api.services import services
from swarm.api.times import iso
from swarm.memory import Event

health = APIBlueprint("health", __name__, url_prefix="/api/health", tag="health")
blueprint = APIBlueprint("system", __name__, url_prefix="/api", tag="system")


@health.get("")
def live() -> dict[str, str]:
    """Say that the process answers; asks nobody else."""
    return {"status": "ok"}


@health.get("/ready")
def ready() -> dict[str, Any]:
    """Say whether requests can be served: 503 while starting or while Redis is away."""
    if not services().bootstrapped.is_set():
        # Nobody could sign in yet.
        raise Problem(503, "starting", headers={"Retry-After": "1"})
    found = services().health.readiness()
    return {
        "status": "ready",
        "redis": "ok",
        "orchestrator": found.orchestrator,
        "agents_online": found.agents_online,
        "jobs_active": found.jobs_active,
    }


@blueprint.get("/agents")
@blueprint.input(AgentsQuery, location="query", arg_name="query")
def list_agents(query: AgentsQuery) -> dict[str, Any]:
    """List the agents."""
    agents = services().agents.find(capability=query.capability, online=query.online)
    return {
        "agents": [
            {
                "id": agent.id,
                "type": agent.type,
                "capabilities": list(agent.capabilities),
                "status": agent.status,
                "registered_at": iso(agent.registered_ms),
                "last_seen_at": iso(agent.seen_ms),
            }
            for agent in agents
        ]
    }


@blueprint.get("/events")
@blueprint.input(AfterQuery, location="query", arg_name="query")
def list_events(query: AfterQuery) -> dict[str, Any]:
    """Return events after an id; ``next_after`` continues where this answer ends."""
    found = services().events.after(query.after, count=query.limit)
    visible = [event for event in found if _may_see(event)]
    return {
        "events": [
            {
                "id": event.id,
                "type": event.type,
                "time": iso(event.order[0]),
                "data": event.data,
            }
            for event in visible
        ],
        "next_after": found[-1].id if found else query.after,
        "more": len(found) == query.limit,
    }


def _may_see(event: Event) -> bool:
    owner = event.data.get("owner")
    return owner is None or caller().may_see(owner)
