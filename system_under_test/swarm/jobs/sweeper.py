"""The orchestrator's tick: what happens because time has passed."""

from __future__ import annotations

from dataclasses import dataclass

from swarm.jobs.scripts import STATE_MACHINE
from swarm.memory import SESSION_LIBRARY
from swarm.store import Script, Store

_SWEEP = Script("swarm.jobs", "sweep", (SESSION_LIBRARY, STATE_MACHINE))


@dataclass(frozen=True, slots=True)
class Swept:
    """How many retries were promoted, and how many other things the sweep ended."""

    promoted: int
    agents_lost: int
    sessions_expired: int
    jobs_deleted: int
    agents_deleted: int


def sweep(store: Store, *, items_max: int, offline_agent_kept_s: float) -> Swept:
    """Promote due retries and end what expired, at most ``items_max`` of each kind."""
    reply = store.run(
        _SWEEP, items_max=items_max, offline_agent_kept_ms=int(offline_agent_kept_s * 1000)
    )
    return Swept(
        promoted=reply.number("promoted"),
        agents_lost=reply.number("agents_lost"),
        sessions_expired=reply.number("sessions_expired"),
        jobs_deleted=reply.number("jobs_deleted"),
        agents_deleted=reply.number("agents_deleted"),
    )
