"""Shared context of a session: JSON values with a version each."""

from __future__ import annotations

from dataclasses import dataclass

from swarm.memory.errors import Missing, applied
from swarm.store import Once, Store


@dataclass(frozen=True, slots=True)
class ContextEntry:
    """One value; ``value`` is JSON text exactly as written."""

    key: str
    version: int
    value: str


class Context:
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
        expected = "" if expected_version is None else str(expected_version)
        reply = self._store.run("context_write", session_id, key, value, expected, once=once)
        return ContextEntry(key, int(applied(reply)[0]), value)

    def read(self, session_id: str, key: str) -> ContextEntry:
        """Return one value; raises Missing when the session or the key does not exist."""
        entries = self._entries(session_id, key)
        if not entries:
            raise Missing
        return entries[0]

    def read_all(self, session_id: str) -> list[ContextEntry]:
        """Return all values in order of their keys; raises Missing without a session."""
        return sorted(self._entries(session_id), key=lambda entry: entry.key)

    def _entries(self, *args: str) -> list[ContextEntry]:
        flat = applied(self._store.run("context_read", *args))
        rows = zip(flat[::3], flat[1::3], flat[2::3], strict=True)
        return [ContextEntry(key, int(version), value) for key, version, value in rows]
