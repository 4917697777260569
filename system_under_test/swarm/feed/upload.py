"""Uploads products to the shop: each once, in batches; refused ones are listed in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from swarm.feed.files import write_rows
from swarm.feed.product import Product, Reject, read_products
from swarm.feed.shop_client import FAILURES_MAX, ShopClient, ShopError, ShopFigures, Uncertain
from swarm.feed.shop_queries import LOCATIONS, MARKS, PRODUCT_SET, content_mark, product_input

T = TypeVar("T")

# A larger look-up would cost more points than the bucket of a small plan holds.
LOOKUP_HANDLES_MAX = 50
UPLOADED_COLUMNS = ("handle", "action", "content_sha256")
REJECT_COLUMNS = ("line", "handle", "reason")


@dataclass(frozen=True, slots=True)
class UploadResult:
    """Counts of products and files; products = created + updated + unchanged + refused.

    ``rejected_rows`` are not part of any product; ``refused`` products were refused by the
    shop. Both are in the reject file.
    """

    products: int
    created: int
    updated: int
    unchanged: int
    refused: int
    rejected_rows: int
    batches: int
    figures: ShopFigures
    uploaded_file: Path
    reject_file: Path


class _Upload:
    """One run over the products of a file."""

    def __init__(self, client: ShopClient, *, images: bool) -> None:
        self._client = client
        self._images = images
        self._location_id = ""
        self.done: list[dict[str, str]] = []
        self.refused: list[Reject] = []

    def start(self) -> None:
        """Read the shop's stock location."""
        nodes = self._client.read(LOCATIONS, {})["locations"]["nodes"]
        if not nodes:
            raise ShopError("the shop has no location to keep stock at")
        self._location_id = nodes[0]["id"]

    def batch(self, products: Sequence[Product]) -> dict[str, int]:
        """Upload one batch; returns counts by action."""
        documents = [
            product_input(product, self._location_id, images=self._images) for product in products
        ]
        marks = self._marks([product.handle for product in products])
        counts = {"created": 0, "updated": 0, "unchanged": 0, "refused": 0}
        for product, document in zip(products, documents, strict=True):
            action = self._bring(product, document, marks)
            counts[action] += 1
            if action != "refused":
                mark = content_mark(document)
                self.done.append(
                    {"handle": product.handle, "action": action, "content_sha256": mark}
                )
        return counts

    def _bring(self, product: Product, document: dict[str, Any], marks: dict[str, str]) -> str:
        if marks.get(product.handle) == content_mark(document):
            return "unchanged"
        action = "updated" if product.handle in marks else "created"
        problems = self._set(product.handle, document)
        if not problems:
            return action
        self.refused.append(Reject(product.line, product.handle, problems))
        return "refused"

    def _set(self, handle: str, document: dict[str, Any]) -> str:
        """Write one product; returns the shop's user errors, empty when there are none."""
        for failures in range(FAILURES_MAX):
            try:
                reply = self._client.write(PRODUCT_SET, {"handle": handle, "input": document})
            except Uncertain as error:
                reason = str(error)
                self._client.back_off(failures)
                # The write may have been applied: read the product before writing it again.
                if self._marks([handle]).get(handle) == content_mark(document):
                    return ""
                continue
            errors = reply["productSet"]["userErrors"]
            return "; ".join(_told(error) for error in errors)
        raise ShopError(f"{handle}: no answer in {FAILURES_MAX} tries: {reason}")

    def _marks(self, handles: list[str]) -> dict[str, str]:
        """Return the content marks of those products that the shop has."""
        marks: dict[str, str] = {}
        for some in _batches(handles, LOOKUP_HANDLES_MAX):
            query = " OR ".join(f"handle:{handle}" for handle in some)
            found = self._client.read(MARKS, {"count": len(some), "handles": query})
            for node in found["products"]["nodes"]:
                marks[node["handle"]] = (node["metafield"] or {}).get("value", "")
        return marks


def upload(
    source: Path,
    directory: Path,
    client: ShopClient,
    *,
    images: bool,
    batch_size: int,
    tell: Callable[[float, str], None],
) -> UploadResult:
    """Upload a product file; raises FeedError, ShopError, ShopRefused.

    Products that the shop already has with the same content are not written: a repeated attempt
    sends only what is missing. ``tell`` gets the fraction done and a line for each batch.
    """
    products, rejects = read_products(source)
    run = _Upload(client, images=images)
    totals = {"created": 0, "updated": 0, "unchanged": 0, "refused": 0}
    batches = list(_batches(products, batch_size))
    if batches:
        run.start()
    for number, batch in enumerate(batches, 1):
        counts = run.batch(batch)
        for action, count in counts.items():
            totals[action] += count
        told = ", ".join(f"{count} {action}" for action, count in counts.items() if count)
        tell(number / len(batches), f"batch {number} of {len(batches)}: {told}")
    uploaded_file = directory / "uploaded.csv"
    reject_file = directory / "upload-rejects.csv"
    write_rows(uploaded_file, UPLOADED_COLUMNS, run.done)
    write_rows(
        reject_file,
        REJECT_COLUMNS,
        ({"line": each.line, "handle": each.handle, "reason": each.reason}
         for each in sorted([*rejects, *run.refused], key=lambda each: each.line)),
    )  # fmt: skip
    return UploadResult(
        products=len(products),
        **totals,
        rejected_rows=len(rejects),
        batches=len(batches),
        figures=client.figures,
        uploaded_file=uploaded_file,
        reject_file=reject_file,
    )


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _told(error: dict[str, Any]) -> str:
    place = ".".join(str(part) for part in error.get("field") or ())
    return f"{place}: {error['message']}" if place else str(error["message"])
