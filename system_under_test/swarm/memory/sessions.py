"""Sessions: a shared memory with an owner, a state and a lifetime."""

from __future__ import annotations

from dataclasses import dataclass

from swarm.memory.errors import applied, pairs
from swarm.memory.paging import Page, read_page
from swarm.store import Once, Store

SESSION_STATES = ("initializing", "active", "completing", "completed", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Session:
    """A session as stored; ``metadata`` is JSON text, times are Unix milliseconds."""

    id: str
    owner: str
    name: str
    metadata: str
    status: str
    version: int
    created_ms: int
    updated_ms: int
    expires_ms: int

    @classmethod
    def parse(cls, fields: dict[str, str]) -> Session:
        """Build a session from its stored fields."""
        return cls(
            id=fields["id"],
            owner=fields["owner"],
            name=fields["name"],
            metadata=fields["metadata"],
            status=fields["status"],
            version=int(fields["version"]),
            created_ms=int(fields["created_ms"]),
            updated_ms=int(fields["updated_ms"]),
            expires_ms=int(fields["expires_ms"]),
        )


class SessionBook:
    """Creates, reads, lists, updates and deletes sessions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(
        self,
        session_id: str,
        *,
        owner: str,
        name: str,
        metadata: str,
        ttl_s: float,
        once: Once | None = None,
    ) -> Session:
        """Create a session in state ``initializing``."""
        ttl_ms = int(ttl_s * 1000)
        reply = self._store.run(
            "session_create", session_id, owner, name, metadata, ttl_ms, once=once
        )
        return Session.parse(pairs(applied(reply)))

    def read(self, session_id: str) -> Session:
        """Return a live session; raises Missing."""
        return Session.parse(pairs(applied(self._store.run("session_read", session_id))))

    def page(self, *, owner: str, status: str, page: int, per_page: int) -> Page[Session]:
        """Return one page; ``*`` stands for any owner or any status."""
        rows = read_page(
            self._store,
            "sessions",
            "session",
            owner=owner,
            state=status,
            page=page,
            per_page=per_page,
        )
        return Page([Session.parse(row) for row in rows.items], rows.total)

    def update(
        self,
        session_id: str,
        changes: dict[str, str],
        *,
        expected_version: int | None,
        once: Once | None = None,
    ) -> Session:
        """Change fields and renew the lifetime; raises Missing, Conflict, Ended."""
        flat = [item for pair in changes.items() for item in pair]
        expected = "" if expected_version is None else str(expected_version)
        reply = self._store.run("session_update", session_id, expected, *flat, once=once)
        return Session.parse(pairs(applied(reply)))

    def delete(self, session_id: str, once: Once | None = None) -> None:
        """Delete a session with everything in it; raises Missing."""
        applied(self._store.run("session_delete", session_id, once=once))
