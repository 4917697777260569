"""Finds and removes duplicate products in the shop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swarm.feed.duplicates import priority
from swarm.feed.files import read_rows, write_rows
from swarm.feed.reference import comparable
from swarm.feed.shop_client import FAILURES_MAX, ShopClient, ShopError, ShopRefused, Uncertain
from swarm.feed.shop_queries import NUMBERS, PRODUCT_DELETE

PAGE = 50
COLUMNS = ("handle", "newsku", "MatchMethod", "kept_handle")


@dataclass(frozen=True, slots=True)
class CleanupResult:
    """Counts of products and the file that lists the duplicates; removed is 0 in a dry run.

    Products that an earlier attempt of the same task removed are counted too.
    """

    products: int
    duplicates: int
    removed: int
    removed_file: Path


def clean_up(client: ShopClient, directory: Path, *, dry_run: bool) -> CleanupResult:
    """Write ``duplicates-in-shop.csv`` into ``directory`` and, unless ``dry_run``, remove them.

    Products with the same newsku are duplicates; the one with the best match method stays, of
    equal ones the oldest. Products that were not uploaded from a feed are not touched.
    Raises ShopError, ShopRefused.
    """
    removed_file = directory / "duplicates-in-shop.csv"
    groups: dict[str, list[dict[str, Any]]] = {}
    handles: set[str] = set()
    for node in _products(client):
        handles.add(node["handle"])
        number = comparable(_value(node, "newsku"))
        if number:
            groups.setdefault(number, []).append(node)
    # An earlier attempt may have removed some of the products that it listed.
    gone = [] if dry_run else [row for row in _listed(removed_file) if row["handle"] not in handles]
    rows, doomed = [*gone], []
    for group in groups.values():
        # Sorting is stable, and the shop lists the oldest first.
        best, *others = sorted(group, key=lambda node: priority(_value(node, "method")))
        for node in others:
            doomed.append(node)
            rows.append(
                {
                    "handle": node["handle"],
                    "newsku": _value(node, "newsku"),
                    "MatchMethod": _value(node, "method"),
                    "kept_handle": best["handle"],
                }
            )
    # Written before anything is removed: an interrupted run must leave a record of it.
    write_rows(removed_file, COLUMNS, rows)
    if not dry_run:
        for node in doomed:
            _delete(client, node["id"])
    return CleanupResult(
        products=len(handles) + len(gone),
        duplicates=len(rows),
        removed=0 if dry_run else len(rows),
        removed_file=removed_file,
    )


def _listed(path: Path) -> list[dict[str, str]]:
    return read_rows(path) if path.is_file() else []


def _products(client: ShopClient) -> Iterator[dict[str, Any]]:
    after: str | None = None
    while True:
        page = client.read(NUMBERS, {"count": PAGE, "after": after})["products"]
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def _delete(client: ShopClient, product_id: str) -> None:
    for failures in range(FAILURES_MAX):
        try:
            reply = client.write(PRODUCT_DELETE, {"id": product_id})
        except Uncertain:
            client.back_off(failures)
            continue
        errors = reply["productDelete"]["userErrors"]
        # An earlier try or another client has already removed it.
        if any(error.get("code") != "PRODUCT_DOES_NOT_EXIST" for error in errors):
            raise ShopRefused("; ".join(str(error["message"]) for error in errors))
        return
    raise ShopError(f"{product_id}: no answer in {FAILURES_MAX} tries")


def _value(node: dict[str, Any], name: str) -> str:
    return str((node[name] or {}).get("value", ""))
