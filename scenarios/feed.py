"""The expected result of a full import, computed independently of the system."""

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

METHODS = ("SKU", "CWS_A", "CWS_Catalog", "SPRC")
RANKS = {"SKU": 1, "CWS_A": 2, "SPRC": 3}
METAFIELD = "Metafield: custom."

Row = dict[str, str]
Document = dict[str, Any]


@dataclass(slots=True)
class Expected:
    """The expected result of a feed.

    Attributes:
        products: by handle, in the form of ``shop.document``.
        rejects: line of each bad row and how its reason begins.
        duplicates: SKUs of the products that another product replaces, of their first rows.
    """

    products: dict[str, Document] = field(default_factory=dict)
    rejects: dict[int, str] = field(default_factory=dict)
    duplicates: set[str] = field(default_factory=set)


def expected(data: Path) -> Expected:
    """The expected result for the committed catalogue, by the standard library only."""
    with zipfile.ZipFile(data / "catalogue.zip") as packed:
        text = packed.read("catalogue.csv").decode("latin-1")
    known = _reference(data / "catalogue-reference.csv")
    found = Expected()
    candidates: dict[str, list[tuple[int, int, list[Row]]]] = defaultdict(list)
    for rows in _units(text, found):
        first = rows[0][1]
        matches = [(m, known[_plain(first[m])]) for m in METHODS if _plain(first[m]) in known]
        if matches:
            method, item = matches[0]
            unit = (RANKS.get(method, 99), rows[0][0], [row for _, row in rows])
            candidates[item].append(unit)
    for item, units in candidates.items():
        (_, _, best), *others = sorted(units, key=lambda unit: unit[:2])
        handle = best[0]["Handle"] or _slug(item)
        found.products[handle] = _document(best)
        found.duplicates |= {rows[0]["SKU"] for _, _, rows in others}
    return found


def expected_shopify(data: Path) -> dict[str, Document]:
    """Products of the committed file in Shopify's own form, by handle."""
    with (data / "shopify-products.csv").open(newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["Handle"]]
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["Handle"]].append(row)
    found = {}
    for handle, group in groups.items():
        first = group[0]
        if first["Variant Price"].startswith("-"):
            continue
        good = [row for row in group if not row["Variant Price"].startswith("-")]
        found[handle] = {
            "title": first["Title"],
            "descriptionHtml": first["Body (HTML)"],
            "vendor": first["Vendor"],
            "productType": first["Type"],
            "variants": [
                _variant(row, [first["Option1 Name"], first["Option2 Name"]])
                for row in good
                if row["Variant Price"]
            ],
            "images": [
                {"url": row["Image Src"], "altText": row["Image Alt Text"] or None}
                for row in good
                if row["Image Src"]
            ],
        }
    return found


def differences(wanted: dict[str, Document], held: dict[str, Document]) -> list[str]:
    """Missing, additional and different products; empty when there is no difference."""
    found = [f"{handle}: missing" for handle in sorted(wanted.keys() - held.keys())]
    found += [f"{handle}: additional" for handle in sorted(held.keys() - wanted.keys())]
    for handle in sorted(wanted.keys() & held.keys()):
        for name, value in wanted[handle].items():
            if held[handle].get(name) != value:
                found.append(f"{handle}: {name} is {held[handle].get(name)!r}, not {value!r}")
    return found


def _reference(path: Path) -> dict[str, str]:
    with path.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    known: dict[str, str] = {}
    for column in ("BasePartNumber", "ItemNumber"):
        known |= {_plain(row[column]): row["ItemNumber"] for row in rows if row[column]}
    return known


def _units(text: str, found: Expected) -> Iterator[list[tuple[int, Row]]]:
    """Good rows with their lines, those of one handle together; bad ones go to ``found``."""
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader)
    groups: dict[str, list[tuple[int, Row]]] = {}
    for values in reader:
        line = reader.line_num
        row = {name: " ".join(value.split()) for name, value in zip(header, values, strict=False)}
        group = groups.setdefault(row["Handle"] or f"line {line}", [])
        reason = _reason(values, header, row, [each for _, each in group])
        if reason:
            found.rejects[line] = reason
        group.append((line, row))
    for rows in groups.values():
        if rows[0][0] in found.rejects:
            for line, _ in rows[1:]:
                found.rejects[line] = "first row of its product"
            continue
        yield [(line, row) for line, row in rows if line not in found.rejects]


def _reason(values: list[str], header: list[str], row: Row, before: list[Row]) -> str:
    if len(values) != len(header):
        return f"{len(values)} fields"
    if any(_broken(value) for value in values):
        return "broken encoding"
    if before and not (row["SKU"] or row["Price"] or row["Option1 Value"]):
        return ""
    if not before and not row["Title"]:
        return "missing title"
    if not row["Handle"] and not row["SKU"]:
        return "missing sku"
    sizes = [each["Option1 Value"].lower() for each in before]
    return _bad_number(row) or (
        "variant is there already" if row["Option1 Value"].lower() in sizes else ""
    )


def _bad_number(row: Row) -> str:
    if not row["Price"]:
        return "missing price"
    try:
        price = _price(row)
    except InvalidOperation:
        return "price is not a number"
    if price < 0:
        return "negative price"
    if price >= 1_000_000_000:
        return "price is too large"
    if not re.fullmatch(r"-?\d*", row["Inventory"]):
        return "inventory is not a whole number"
    return "negative inventory" if row["Inventory"].startswith("-") else ""


def _price(row: Row) -> Decimal:
    return Decimal(row["Price"].lstrip("$"))


def _broken(text: str) -> bool:
    # C1 control characters, and pairs that are UTF-8 read as latin-1.
    return bool(re.search("[\x80-\x9f]|[\xc3-\xdf][\x80-\xbf]", text))


def _plain(number: str) -> str:
    return number.replace("-", "").upper()


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall("[a-z0-9]+", plain))


def _document(rows: list[Row]) -> Document:
    first = rows[0]
    option = first["Option1 Name"] or "Title"
    images = dict.fromkeys(
        (row["Image Src"], row["Image Alt Text"] or None) for row in rows if row["Image Src"]
    )
    return {
        "title": first["Title"],
        "descriptionHtml": first["Description"],
        "vendor": first["Vendor"],
        "productType": first["Type"],
        "variants": [
            {
                "sku": row["SKU"] or None,
                "price": f"{_price(row):.2f}",
                "inventoryQuantity": int(row["Inventory"] or 0),
                "selectedOptions": [
                    {"name": option, "value": row["Option1 Value"] or "Default Title"}
                ],
            }
            for row in rows
            if row["Price"]
        ],
        "images": [{"url": url, "altText": alt} for url, alt in images],
        "product_info": _info(first),
    }


def _variant(row: Row, names: list[str]) -> Document:
    values = [row["Option1 Value"], row["Option2 Value"]]
    return {
        "sku": row["Variant SKU"] or None,
        "price": row["Variant Price"],
        "inventoryQuantity": int(row["Variant Inventory Qty"]),
        "selectedOptions": [
            {"name": name, "value": value}
            for name, value in zip(names, values, strict=True)
            if name
        ],
    }


def _info(row: Row) -> Any:
    info: dict[str, Any] = {}
    for name, value in row.items():
        if name.startswith(METAFIELD) and value:
            *groups, last = name.removeprefix(METAFIELD).split(".")
            place = info
            for group in groups:
                place = place.setdefault(group, {})
            place[last] = value
    # To JSON and back, because the system stores JSON.
    return json.loads(json.dumps(info)) if info else None
