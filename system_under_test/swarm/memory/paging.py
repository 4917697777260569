"""One page of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from swarm.memory.errors import applied, pairs
from swarm.store import Store

T = TypeVar("T")

# Owner or state that matches all of them in an index.
ANY = "*"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items of one page, newest first, and how many there are in all."""

    items: list[T]
    total: int


def read_page(
    store: Store, kind: str, item: str, *, owner: str, state: str, page: int, per_page: int
) -> Page[dict[str, str]]:
    """Read one page (from 1) of an index together with the fields of each item."""
    first = (page - 1) * per_page
    total, *rows = applied(
        store.run("list_page", kind, item, owner, state, first, first + per_page - 1)
    )
    return Page([pairs(row) for row in rows if row], int(total))
