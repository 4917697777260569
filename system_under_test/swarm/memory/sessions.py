"""Sessions: a shared memory with an owner, a state and a lifetime."""

from __future__ import annotations

from dataclasses import dataclass

from swarm.memory.paging import Page, read_page
from swarm.store import Once, Script, Store

SESSION_LIBRARY = Script("swarm.memory", "_sessions")
_CREATE = Script("swarm.memory", "session_create", (SESSION_LIBRARY,), raw=("metadata",))
_READ = Script("swarm.memory", "session_read", (SESSION_LIBRARY,))
_UPDATE = Script("swarm.memory", "session_update", (SESSION_LIBRARY,))
_DELETE = Script("swarm.memory", "session_delete", (SESSION_LIBRARY,))


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


class SessionRepository:
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
        reply = self._store.run(
            _CREATE,
            once=once,
            session_id=session_id,
            owner=owner,
            name=name,
            metadata=metadata,
            ttl_ms=int(ttl_s * 1000),
        )
        return Session.parse(reply.require_ok().fields("session"))

    def read(self, session_id: str) -> Session:
        """Return a live session; raises Missing."""
        reply = self._store.run(_READ, session_id=session_id)
        return Session.parse(reply.require_ok().fields("session"))

    def owner(self, session_id: str) -> str | None:
        """Return whose session it is, None when there is no such session."""
        return self._store.field("session", session_id, "owner")

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
        *,
        status: str | None = None,
        name: str | None = None,
        metadata: str | None = None,
        expected_version: int | None = None,
        once: Once | None = None,
    ) -> Session:
        """Change the given fields and renew the lifetime; raises Missing, Conflict, Ended."""
        reply = self._store.run(
            _UPDATE,
            once=once,
            session_id=session_id,
            status=status,
            name=name,
            metadata=metadata,
            expected_version=None if expected_version is None else str(expected_version),
        )
        return Session.parse(reply.require_ok().fields("session"))

    def delete(self, session_id: str, once: Once | None = None) -> None:
        """Delete a session with everything in it; raises Missing."""
        self._store.run(_DELETE, once=once, session_id=session_id).require_ok()
