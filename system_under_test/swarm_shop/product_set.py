"""productSet: validates a product as the shop does and converts it to the stored form."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

VARIANTS_MAX = 2048
TITLE_CHARS_MAX = 255


class UserErrors(Exception):
    """What is wrong with the input; each error is as the api answers it."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(errors)
        self.errors = errors


def to_document(
    given: dict[str, Any], identifier: dict[str, str], location_id: str
) -> dict[str, Any]:
    """Return the product as it is kept; raises UserErrors naming every problem."""
    found: list[dict[str, Any]] = []

    def wrong(message: str, *field: str, code: str = "INVALID") -> None:
        found.append({"field": ["input", *field], "message": message, "code": code})

    handle = given.get("handle") or identifier.get("handle") or ""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", handle):
        wrong("Handle is invalid", "handle")
    if identifier.get("handle", handle) != handle:
        wrong("Handle differs from the identifier", "handle")
    title = (given.get("title") or "").strip()
    if not title:
        wrong("Title can't be blank", "title", code="BLANK")
    elif len(title) > TITLE_CHARS_MAX:
        wrong(f"Title is longer than {TITLE_CHARS_MAX} characters", "title", code="TOO_LONG")
    _check_variants(given, location_id, wrong)
    _check_metafields(given, wrong)
    if found:
        raise UserErrors(found)
    return _document(given, handle, title)


def _check_variants(given: dict[str, Any], location_id: str, wrong: Any) -> None:
    options = {
        option["name"]: {value["name"] for value in option["values"]}
        for option in given.get("productOptions") or ()
    }
    variants = given.get("variants") or ()
    if not 1 <= len(variants) <= VARIANTS_MAX:
        wrong(f"Between 1 and {VARIANTS_MAX} variants are needed", "variants")
    seen: set[frozenset[tuple[str, str]]] = set()
    for number, variant in enumerate(variants):
        place = ("variants", str(number))
        chosen = frozenset((each["optionName"], each["name"]) for each in variant["optionValues"])
        if {name for name, _ in chosen} != set(options) or any(
            value not in options[name] for name, value in chosen if name in options
        ):
            wrong("The option values do not fit the options", *place, "optionValues")
        if chosen in seen:
            wrong("The variant is there twice", *place, code="DUPLICATED")
        seen.add(chosen)
        if not _is_price(variant.get("price")):
            wrong("Price must be a number from 0", *place, "price")
        for stock in variant.get("inventoryQuantities") or ():
            if stock["locationId"] != location_id or stock["name"] != "available":
                wrong("There is no such stock", *place, "inventoryQuantities")


def _check_metafields(given: dict[str, Any], wrong: Any) -> None:
    for number, field in enumerate(given.get("metafields") or ()):
        place = ("metafields", str(number), "value")
        if field["type"] not in ("json", "single_line_text_field"):
            wrong(f"Type '{field['type']}' is unknown here", *place[:2], "type")
        elif field["type"] == "json" and not _is_json(field["value"]):
            wrong("Value is not JSON", *place)
        elif field["type"] != "json" and (not field["value"] or "\n" in field["value"]):
            wrong("Value must be one line", *place)


def _document(given: dict[str, Any], handle: str, title: str) -> dict[str, Any]:
    return {
        "handle": handle,
        "title": title,
        "descriptionHtml": given.get("descriptionHtml") or "",
        "vendor": given.get("vendor") or "",
        "productType": given.get("productType") or "",
        "options": [
            {"name": option["name"], "values": [value["name"] for value in option["values"]]}
            for option in given.get("productOptions") or ()
        ],
        "variants": [
            {
                "sku": variant.get("sku") or None,
                "price": f"{Decimal(variant['price']):.2f}",
                "inventoryQuantity": sum(
                    stock["quantity"] for stock in variant.get("inventoryQuantities") or ()
                ),
                "selectedOptions": [
                    {"name": each["optionName"], "value": each["name"]}
                    for each in variant["optionValues"]
                ],
            }
            for variant in given["variants"]
        ],
        "images": [
            {"url": file["originalSource"], "altText": file.get("alt") or None}
            for file in given.get("files") or ()
        ],
        "metafields": list(given.get("metafields") or ()),
    }


def _is_price(text: str | None) -> bool:
    try:
        price = Decimal(text or "")
    except InvalidOperation:
        return False
    return price.is_finite() and price >= 0


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
