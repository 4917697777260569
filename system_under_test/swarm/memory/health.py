"""How the components are: what they announce, and whether the system can serve."""

from __future__ import annotations

from dataclasses import dataclass

from swarm.store import Script, Store

_ANNOUNCE = Script("swarm.memory", "announce")
_READINESS = Script("swarm.memory", "readiness")


@dataclass(frozen=True, slots=True)
class Readiness:
    """``orchestrator`` is its announced status, ``absent`` when there is none."""

    orchestrator: str
    agents_online: int
    jobs_active: int


class Health:
    """Records the status of components and reads it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def announce(self, component: str, status: str, *, valid_s: float, with_event: bool) -> None:
        """Record a status that counts for ``valid_s``; with an event, subscribers are told."""
        self._store.run(
            _ANNOUNCE,
            component=component,
            status=status,
            valid_ms=int(valid_s * 1000),
            with_event=with_event,
        )

    def readiness(self) -> Readiness:
        """Return what is there; raises StoreUnavailable."""
        reply = self._store.run(_READINESS)
        return Readiness(
            orchestrator=reply.text("orchestrator"),
            agents_online=reply.number("agents_online"),
            jobs_active=reply.number("jobs_active"),
        )
