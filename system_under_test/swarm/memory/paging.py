"""One page of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from swarm.store import Script, Store

_LIST_PAGE = Script("swarm.memory", "list_page")

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
    reply = store.run(
        _LIST_PAGE,
        kind=kind,
        item=item,
        owner=owner,
        state=state,
        first=first,
        last=first + per_page - 1,
    )
    # An index entry whose item is gone has no fields.
    return Page([fields for fields in reply.hashes("items") if fields], reply.number("total"))
