"""Agents: which there are, what they can do, and whether they are online."""

from __future__ import annotations

from dataclasses import dataclass

from swarm.store import Script, Store

_BEAT = Script("swarm.memory", "agent_beat")
_LEAVE = Script("swarm.memory", "agent_leave")
_READ = Script("swarm.memory", "agents_read")

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


class AgentRegistry:
    """Registers agents, records their heartbeats and lists them."""

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
        """Record that an agent is alive. An unknown agent, or one that was lost, is registered."""
        self._store.run(
            _BEAT,
            agent_id=agent_id,
            type=agent_type,
            capabilities=capabilities,
            valid_ms=int(heartbeat_s * MISSED_HEARTBEATS_MAX * 1000),
            status="busy" if busy else "idle",
            starting=starting,
        )

    def leave(self, agent_id: str) -> None:
        """Record that an agent stops in order."""
        self._store.run(_LEAVE, agent_id=agent_id)

    def find(self, *, capability: str | None = None, online: bool = False) -> list[Agent]:
        """Return agents, oldest first, that have a capability and, if asked, are online."""
        reply = self._store.run(_READ)
        agents = [Agent.parse(fields) for fields in reply.hashes("agents")]
        return [
            agent
            for agent in agents
            if (capability is None or capability in agent.capabilities)
            and (not online or agent.status != "offline")
        ]
