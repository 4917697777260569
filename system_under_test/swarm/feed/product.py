"""Products: the rows of one file, grouped into the products that the shop gets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from swarm.feed.categories import CATEGORY
from swarm.feed.dialect import OPTION_NUMBERS, canonical_columns, canonical_fields, is_shopify
from swarm.feed.metafields import PRODUCT_INFO
from swarm.feed.reader import FeedRow, read_feed
from swarm.feed.rows import RowError, RowJudge, check_columns, is_image_only

# Shopify's names for the only variant of a product without options.
DEFAULT_OPTION, DEFAULT_VALUE = "Title", "Default Title"


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant; ``options`` are pairs of option name and value."""

    options: tuple[tuple[str, str], ...]
    sku: str
    price: str
    inventory: int


@dataclass(frozen=True, slots=True)
class Image:
    """One image by its address."""

    url: str
    alt: str


@dataclass(slots=True)
class Product:
    """One product.

    Attributes:
        line: where its first row ends in the file.
        handle: its handle in the shop; ``feed_handle`` is the one in the file, empty when
            there is none.
        product_info: JSON text, or empty.
        number: item number it was matched by, and ``match_method`` how; empty without a
            reference.
        option_names: as its first row has them.
    """

    line: int
    handle: str
    feed_handle: str
    title: str
    description: str
    vendor: str
    type: str
    category: str
    product_info: str
    number: str
    match_method: str
    variants: list[Variant] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    option_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """A row or product that cannot be uploaded, with the reason."""

    line: int
    handle: str
    reason: str


def read_products(path: Path) -> tuple[list[Product], list[Reject]]:
    """Read a product file of any step, or Shopify's own; raises FeedError.

    Rows that no earlier step validated are validated here.
    """
    feed = read_feed(path)
    check_columns(canonical_columns(feed.columns, path.name), path.name)
    shopify = is_shopify(feed.columns)
    judge = RowJudge(feed.columns)
    products: dict[str, Product] = {}
    rejects: list[Reject] = []
    for row in feed.rows:
        named = FeedRow(row.line, canonical_fields(row.fields), row.problem) if shopify else row
        try:
            _add(products, judge.judge(named), row.line)
        except RowError as error:
            rejects.append(Reject(row.line, row.fields.get("Handle", ""), str(error)))
    return list(products.values()), rejects


def handle_of(row: Mapping[str, str]) -> str:
    """Return the product's handle in the shop: its own, or one made from its item number."""
    text = row.get("Handle") or row.get("newsku") or row["SKU"]
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def _add(products: dict[str, Product], row: Mapping[str, str], line: int) -> None:
    handle = handle_of(row)
    if not handle:
        raise RowError("no handle can be made of its number")
    product = products.get(handle)
    if product is None:
        product = products[handle] = Product(
            line=line,
            handle=handle,
            feed_handle=row.get("Handle", ""),
            title=row["Title"],
            description=row.get("Description", ""),
            vendor=row.get("Vendor", ""),
            type=row.get("Type", ""),
            category=row.get(CATEGORY, ""),
            product_info=row.get(PRODUCT_INFO, ""),
            number=row.get("newsku", ""),
            match_method=row.get("MatchMethod", ""),
            option_names=_option_names(row),
        )
    elif not row.get("Handle") or row["Handle"] != product.feed_handle:
        raise RowError(f"handle {handle} is there already: line {product.line}")
    if not is_image_only(row) or not product.variants:
        product.variants.append(_variant(row, product.option_names))
    if row.get("Image Src"):
        image = Image(row["Image Src"], row.get("Image Alt Text", ""))
        if image not in product.images:
            product.images.append(image)


def _option_names(row: Mapping[str, str]) -> tuple[str, ...]:
    # Only the first row of a product names its options.
    names = []
    for number in OPTION_NUMBERS:
        value, name = row.get(f"Option{number} Value", ""), row.get(f"Option{number} Name", "")
        if value or name:
            names.append(name or f"Option{number}")
    return tuple(names) or (DEFAULT_OPTION,)


def _variant(row: Mapping[str, str], names: tuple[str, ...]) -> Variant:
    values = [row.get(f"Option{number} Value", "") for number in OPTION_NUMBERS]
    return Variant(
        options=tuple(
            (name, value or DEFAULT_VALUE) for name, value in zip(names, values, strict=False)
        ),
        sku=row["SKU"],
        price=row["Price"],
        inventory=int(row.get("Inventory") or 0),
    )
