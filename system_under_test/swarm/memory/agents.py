"""Agents: who is there, what they can do, and whether they still are."""

from __future__ import annotations

from dataclasses import dataclass

from swarm.memory.errors import applied, pairs
from swarm.store import Store

# An agent counts as lost after this many missed heartbeats.
MISSED_HEARTBEATS_MAX = 3


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent as stored; times are Unix milliseconds."""

    id: str
    type: str
    capabilities: tuple[str, ...]
    status: str
    registered_ms: int
    seen_ms: int

    @classmethod
    def parse(cls, fields: dict[str, str]) -> Agent:
        """Build an agent from its stored fields."""
        return cls(
            id=fields["id"],
            type=fields["type"],
            capabilities=tuple(fields["capabilities"].split(",")),
            status=fields["status"],
            registered_ms=int(fields["registered_ms"]),
            seen_ms=int(fields["seen_ms"]),
        )


class AgentBook:
    """Registers agents, notes their heartbeats and lists them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def beat(
        self,
        agent_id: str,
        *,
        agent_type: str,
        capabilities: tuple[str, ...],
        heartbeat_s: float,
        busy: bool,
        starting: bool = False,
    ) -> None:
        """Say that an agent is alive; one that is unknown or was lost is registered by it."""
        self._store.run(
            "agent_beat",
            agent_id,
            agent_type,
            ",".join(capabilities),
            int(heartbeat_s * MISSED_HEARTBEATS_MAX * 1000),
            "busy" if busy else "idle",
            "1" if starting else "0",
        )

    def leave(self, agent_id: str) -> None:
        """Say that an agent stops in order."""
        self._store.run("agent_leave", agent_id)

    def find(self, *, capability: str | None = None, online: bool = False) -> list[Agent]:
        """Return agents, oldest first, that have a capability and, if asked, are online."""
        agents = [Agent.parse(pairs(row)) for row in applied(self._store.run("agents_read"))]
        return [
            agent
            for agent in agents
            if (capability is None or capability in agent.capabilities)
            and (not online or agent.status != "offline")
        ]
