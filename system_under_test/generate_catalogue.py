"""Generates the committed product catalogue: python system_under_test/generate_catalogue.py.

Writes into ``data/``: ``catalogue.zip`` (one latin-1 CSV in a supplier's form, with variants,
duplicates and bad rows), ``catalogue-reference.csv``, ``catalogue-taxonomy.csv`` and
``shopify-products.csv`` (Shopify's own form). Same seed, same bytes.
"""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

SEED = 20261122
DATA = Path(__file__).resolve().parent / "data"
SIMPLE, GROUPS, DUPLICATES, UNMATCHED, SHOPIFY = 260, 24, 26, 14, 120

COLUMNS = (
    *("Handle", "Title", "Description", "Vendor", "Type", "SKU", "Price", "Inventory"),
    *("CWS_A", "CWS_Catalog", "SPRC", "Option1 Name", "Option1 Value"),
    *("Image Src", "Image Alt Text"),
    "Metafield: custom.specifications.brand",
    "Metafield: custom.specifications.material",
    "Metafield: custom.dimensions.weight.value",
    "Metafield: custom.dimensions.weight.unit",
    "Metafield: custom.origin",
)
SHOPIFY_COLUMNS = (
    *("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Published"),
    *("Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value"),
    *("Variant SKU", "Variant Inventory Qty", "Variant Price", "Image Src", "Image Alt Text"),
    "Metafield: custom.care.washing",
)
KINDS = ("Clutch Kit", "Brake Pad Set", "Oil Filter", "Spark Plug", "Timing Belt", "Öldichtung")
VENDORS = ("Northway", "Müller & Söhne", "Ångström Parts", "Cordoba España")
MATERIALS = ("steel", "aluminium", "rubber", "Keramik für Bremsen", "")
TAXONOMY = (
    ("Vehicles > Brakes", "brake pad;brake"),
    ("Vehicles > Drive", "clutch;timing belt"),
    ("Vehicles > Filters", "filter"),
    ("Vehicles > Seals", "öldichtung"),
)
Row = dict[str, str]


class Catalogue:
    """Units (rows that stay together), and a reference that contains most of them."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.units: list[list[Row]] = []
        self.reference: list[Row] = []

    def fill(self) -> None:
        """Make every kind of row, and mix them."""
        simple = [self._simple(number) for number in range(SIMPLE)]
        for number in range(GROUPS):
            self._group(number)
        for number in range(DUPLICATES):
            self._duplicate(number, simple[number * 5 + number % 5])
        for number in range(UNMATCHED):
            self.units.append([self._row(number, f"ZZ-{number}")])
        self._bad_rows()
        self._rng.shuffle(self.units)

    def _pick(self, values: Sequence[str]) -> str:
        return values[self._rng.randrange(len(values))]

    def _row(self, number: int, sku: str) -> Row:
        kind = self._pick(KINDS)
        # A line break inside a field: line numbers and row numbers differ from here on.
        description = f"{kind} for workshop use" + ("\nSold in pairs" if number % 17 == 3 else "")
        return {
            "Title": f"  {kind}  {number}" if number % 11 == 5 else f"{kind} {number}",
            "Description": description,
            "Vendor": self._pick(VENDORS),
            "Type": kind,
            "SKU": sku,
            "Price": f"{'$' if number % 13 == 0 else ''}{self._rng.randrange(100, 50_000) / 100:g}",
            "Inventory": "" if number % 19 == 4 else str(self._rng.randrange(0, 90)),
            "Image Src": f"https://images.example.org/{number}.jpg" if number % 3 else "",
            "Image Alt Text": kind if number % 6 == 1 else "",
            "Metafield: custom.specifications.brand": self._pick(VENDORS),
            "Metafield: custom.specifications.material": self._pick(MATERIALS),
            "Metafield: custom.dimensions.weight.value": str(self._rng.randrange(1, 900) / 10),
            "Metafield: custom.dimensions.weight.unit": "kg",
            "Metafield: custom.origin": self._pick(("", "DE", "SE", "ES")),
        }

    def _known(self, item: str, base: str = "") -> None:
        self.reference.append(
            {
                "ItemNumber": item,
                "BasePartNumber": base,
                "ID": str(len(self.reference) + 1),
                "Description": f"Part {item}",
            }
        )

    def _simple(self, number: int) -> str:
        """One product, found in one of the ways there are; returns its item number."""
        item, written = f"NX{1000 + number}A", f"nx-{1000 + number}-a"
        row = self._row(number, f"V-{number:05}")
        way = number % 5
        if way == 0:
            row["SKU"] = written
        elif way == 1:
            row["CWS_A"] = written
        elif way == 2:
            row["CWS_Catalog"], row["CWS_A"] = written, "UNKNOWN"
        elif way == 3:
            row["SPRC"] = written.upper()
        else:
            row["SKU"] = f"base-{number}"
        self._known(item, f"BASE{number}" if way == 4 else "")
        self.units.append([row])
        return item

    def _group(self, number: int) -> None:
        """One product of two to four variants, with a further image."""
        item, handle = f"GR{number}", f"group-{number}"
        rows = []
        for place, size in enumerate(("S", "M", "L", "XL")[: 2 + number % 3]):
            row = self._row(5000 + number * 10 + place, f"{item}-{size}")
            row |= {"Handle": handle, "Option1 Name": "Size", "Option1 Value": size}
            if place:
                row |= {"Title": "", "Option1 Name": ""}
            else:
                row |= {"SKU": f"gr-{number}"}
            rows.append(row)
        rows.append({"Handle": handle, "Image Src": f"https://images.example.org/{handle}.png"})
        self._known(item)
        self.units.append(rows)

    def _duplicate(self, number: int, item: str) -> None:
        """Another product for an item number that is there already, and sometimes a third."""
        for copy, column in enumerate(("CWS_A", "SPRC", "CWS_Catalog")[: 1 + number % 3]):
            row = self._row(7000 + number * 10 + copy, f"ALT-{number}-{copy}")
            row["SKU" if number % 7 == 6 and copy == 0 else column] = item
            self.units.append([row])

    def _bad_rows(self) -> None:
        broken = "Müller".encode().decode("latin-1")
        spoilt = (
            {"Price": "-10.00"},
            {"Title": ""},
            {"Price": ""},
            {"Price": "call us"},
            {"Price": "9999999999"},
            {"Vendor": broken},
            {"Title": "Kupplung \x96 neu"},
            {"Inventory": "-3"},
            {"Inventory": "many"},
            {"SKU": " "},
        )
        for number, changes in enumerate(spoilt * 2):
            self.units.append([self._row(9000 + number, f"nx-{1000 + number}-a") | changes])
        # Fewer fields than the header.
        self.units += [[{"Handle": "", "Title": "Cut off", None: ""}] for _ in range(2)]  # type: ignore[dict-item]
        self._group(500)
        self.units[-1][0]["Title"] = ""
        self._group(501)
        self.units[-1][1]["Price"] = "-10.00"
        self._group(502)
        self.units[-1][1]["Option1 Value"] = "s"


def _csv(columns: Iterable[str], rows: Iterable[Row]) -> str:
    columns = list(columns)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        values = [row.get(name, "") for name in columns]
        writer.writerow(values[:2] if None in row else values)
    return text.getvalue()


def _shopify_rows(seed: int) -> Iterable[Row]:
    rng = random.Random(seed)  # noqa: S311 - repeatable on purpose
    for number in range(SHOPIFY):
        handle = f"shirt-{number}"
        sizes = ("S", "M", "L")[: rng.randrange(4)]
        for place, size in enumerate(sizes or ("",)):
            row = {
                "Handle": handle,
                "Variant SKU": f"SH-{number}-{size}" if size else "",
                "Variant Inventory Qty": str(rng.randrange(50)),
                "Variant Price": f"{rng.randrange(1000, 9000) / 100:.2f}",
                "Option1 Value": size or "Default Title",
                "Option2 Value": ("Grün", "Blå")[number % 2] if size else "",
            }
            if not place:
                row |= {
                    "Title": f"Shirt {number}",
                    "Body (HTML)": f"<p>Shirt <b>{number}</b>, cotton</p>",
                    "Vendor": "Väst",
                    "Type": "Shirts",
                    "Published": "true",
                    "Option1 Name": "Size" if size else "Title",
                    "Option2 Name": "Color" if size else "",
                    "Image Src": f"https://images.example.org/{handle}-1.jpg",
                    "Image Alt Text": "front",
                    "Metafield: custom.care.washing": "30 °C",
                }
            if number % 29 == 7:
                row["Variant Price"] = "-10.00"
            yield row
        if number % 4 == 0:
            yield {"Handle": handle, "Image Src": f"https://images.example.org/{handle}-2.jpg"}
    yield {"Title": "No handle", "Variant Price": "1.00", "Option1 Value": "Default Title"}


def files(seed: int = SEED) -> dict[str, bytes]:
    """Return every file by its name."""
    catalogue = Catalogue(seed)
    catalogue.fill()
    rows = (row for unit in catalogue.units for row in unit)
    archive = io.BytesIO()
    # Stored, not deflated: the bytes must not depend on the version of the compressor.
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        member = zipfile.ZipInfo("catalogue.csv", (2026, 1, 1, 0, 0, 0))
        member.create_system = 3
        packed.writestr(member, _csv(COLUMNS, rows).encode("latin-1"))
    taxonomy = [{"Category": name, "Keywords": words} for name, words in TAXONOMY]
    reference = _csv(("ItemNumber", "BasePartNumber", "ID", "Description"), catalogue.reference)
    return {
        "catalogue.zip": archive.getvalue(),
        "catalogue-reference.csv": reference.encode(),
        "catalogue-taxonomy.csv": _csv(("Category", "Keywords"), taxonomy).encode(),
        "shopify-products.csv": _csv(SHOPIFY_COLUMNS, _shopify_rows(seed)).encode(),
    }


def main() -> None:
    """Write the files."""
    for name, content in files().items():
        (DATA / name).write_bytes(content)


if __name__ == "__main__":
    main()
