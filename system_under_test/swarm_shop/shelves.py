"""The products of the shop, in SQLite; each write is on disk before it is acknowledged."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS products (
  id INTEGER PRIMARY KEY AUTOINCREMENT, handle TEXT NOT NULL UNIQUE, document TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS writes (
  id INTEGER PRIMARY KEY AUTOINCREMENT, handle TEXT NOT NULL, action TEXT NOT NULL,
  at_ms INTEGER NOT NULL
);
"""


class Shelves:
    """Products by handle, and a journal of every accepted write.

    Args:
        path: database file; made when it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        # A kill or a power cut must not lose an acknowledged write. With the write-ahead log a
        # write needs one sync instead of four.
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.executescript(_TABLES)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def put(self, handle: str, document: dict[str, Any]) -> int:
        """Store a product, replacing the one with the same handle; returns its number."""
        text = json.dumps(document, ensure_ascii=False)
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            known = self._database.execute(
                "SELECT id FROM products WHERE handle = ?", (handle,)
            ).fetchone()
            if known:
                self._database.execute(
                    "UPDATE products SET document = ? WHERE id = ?", (text, known[0])
                )
                number = known[0]
            else:
                number = self._database.execute(
                    "INSERT INTO products (handle, document) VALUES (?, ?)", (handle, text)
                ).lastrowid
            self._note(handle, "update" if known else "create")
        return int(number)

    def delete(self, number: int) -> bool:
        """Remove a product; False when there is none."""
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            known = self._database.execute(
                "SELECT handle FROM products WHERE id = ?", (number,)
            ).fetchone()
            if not known:
                return False
            self._database.execute("DELETE FROM products WHERE id = ?", (number,))
            self._note(known[0], "delete")
        return True

    def by_handles(self, handles: list[str]) -> list[dict[str, Any]]:
        """Return the products with these handles."""
        marks = ",".join("?" * len(handles))
        return self._select(f"WHERE handle IN ({marks}) ORDER BY id", handles)

    def by_number(self, number: int) -> dict[str, Any] | None:
        """Return one product."""
        found = self._select("WHERE id = ?", [number])
        return found[0] if found else None

    def page(self, after: int, count: int) -> list[dict[str, Any]]:
        """Return products in the order of their numbers, those above ``after``."""
        return self._select("WHERE id > ? ORDER BY id LIMIT ?", [after, count])

    def count(self) -> int:
        """Return how many products there are."""
        with self._lock:
            return int(self._database.execute("SELECT count(*) FROM products").fetchone()[0])

    def writes(self) -> list[dict[str, Any]]:
        """Return the journal, oldest first."""
        with self._lock:
            rows = self._database.execute(
                "SELECT handle, action, at_ms FROM writes ORDER BY id"
            ).fetchall()
        return [{"handle": handle, "action": action, "at_ms": at} for handle, action, at in rows]

    def _note(self, handle: str, action: str) -> None:
        self._database.execute(
            "INSERT INTO writes (handle, action, at_ms) VALUES (?, ?, ?)",
            (handle, action, int(time.time() * 1000)),
        )

    def _select(self, where: str, values: list[Any]) -> list[dict[str, Any]]:
        # ``where`` is written in this file; what comes from outside is in ``values``.
        query = f"SELECT id, document FROM products {where}"  # noqa: S608
        with self._lock:
            rows = self._database.execute(query, values).fetchall()
        return [{"number": number, **json.loads(text)} for number, text in rows]
