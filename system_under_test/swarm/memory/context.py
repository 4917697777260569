"""Shared context of a session: JSON values with a version each."""

from __future__ import annotations

from dataclasses import dataclass

from swarm.memory.sessions import SESSION_LIBRARY
from swarm.store import Missing, Once, Script, Store

_WRITE = Script("swarm.memory", "context_write", (SESSION_LIBRARY,), raw=("value",))
_READ = Script("swarm.memory", "context_read", (SESSION_LIBRARY,))


@dataclass(frozen=True, slots=True)
class ContextEntry:
    """One value; ``value`` is JSON text exactly as written."""

    key: str
    version: int
    value: str


class SharedContext:
    """Reads and writes values; writes are compare-and-set where a version is expected."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(
        self,
        session_id: str,
        key: str,
        value: str,
        *,
        expected_version: int | None,
        once: Once | None = None,
    ) -> ContextEntry:
        """Write a value; an expected version of 0 means it must not exist yet.

        Raises Missing when there is no such session, Conflict when the version is another.
        """
        reply = self._store.run(
            _WRITE,
            once=once,
            session_id=session_id,
            key=key,
            value=value,
            expected_version=None if expected_version is None else str(expected_version),
        )
        return ContextEntry(key, reply.require_ok().number("version"), value)

    def read(self, session_id: str, key: str) -> ContextEntry:
        """Return one value; raises Missing when the session or the key does not exist."""
        entries = self._entries(session_id, key)
        if not entries:
            raise Missing
        return entries[0]

    def read_all(self, session_id: str) -> list[ContextEntry]:
        """Return all values in order of their keys; raises Missing without a session."""
        return sorted(self._entries(session_id, None), key=lambda entry: entry.key)

    def _entries(self, session_id: str, key: str | None) -> list[ContextEntry]:
        reply = self._store.run(_READ, session_id=session_id, key=key).require_ok()
        return [
            ContextEntry(fields["key"], int(fields["version"]), fields["value"])
            for fields in reply.hashes("entries")
        ]
