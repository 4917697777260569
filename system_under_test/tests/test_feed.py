"""The product feed."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from swarm.feed import FeedError, FilterResult, filter_feed, read_reference
from swarm.tasks import PermanentError, TaskContext
from swarm.tasks.products import FilterParameters, filter_products


def _filter(tmp_path: Path, feed: bytes, reference: str | None = None) -> FilterResult:
    source = tmp_path / "feed.csv"
    source.write_bytes(feed)
    known = None
    if reference is not None:
        (tmp_path / "reference.csv").write_text(reference)
        known = read_reference(tmp_path / "reference.csv")
    out = tmp_path / "out"
    out.mkdir(exist_ok=True)
    return filter_feed(source, known, out, lambda _: None)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Nut,s,-10.00,1", "negative price"),
        ("Nut,s,abc,1", "price is not a number"),
        ("Nut,s,NaN,1", "price is not a number"),
        ("Nut,s,,1", "missing price"),
        (",s,1,1", "missing title"),
        ("Nut,,1,1", "missing sku"),
        ("Nut,s,1,-3", "negative inventory"),
        ("Nut,s,1,many", "inventory is not a whole number"),
        ("Nut,s,1,2147483648", "inventory is too large"),
        pytest.param("Nut,s,1," + "9" * 5000, "inventory is too large", id="5000-digits"),
        ("Nut,s,1", "3 fields"),
        ("N\ufffdt,s,1,1", "broken encoding"),
    ],
)
def test_a_bad_row_goes_to_the_reject_file_with_line_and_reason(
    tmp_path: Path, row: str, reason: str
) -> None:
    """The good rows around it go on."""
    feed = f"Title,SKU,Price,Inventory\nBolt,a,1,1\n{row}\nRivet,b,2,2\n"
    found = _filter(tmp_path, feed.encode())
    assert (found.rows, found.kept, found.rejected) == (3, 2, 1)
    (reject,) = _read(found.reject_file)
    assert reject["line"] == "3"
    assert reject["reason"].startswith(reason)
    assert [product["SKU"] for product in _read(found.result_file)] == ["a", "b"]


def test_rows_are_normalised(tmp_path: Path) -> None:
    """Blanks, price and inventory come out in one form."""
    found = _filter(tmp_path, b'Title,SKU,Price,Inventory\n"  Big \n bolt ", a ,$1.5,\n')
    (product,) = _read(found.result_file)
    assert product == {"Title": "Big bolt", "SKU": "a", "Price": "1.50", "Inventory": "0"}


def test_the_largest_inventory_is_what_the_shop_takes(tmp_path: Path) -> None:
    """An Int of GraphQL; zeros before it do not count."""
    found = _filter(tmp_path, b"Title,SKU,Price,Inventory\nBolt,a,1,0002147483647\nNut,b,1,000\n")
    assert [row["Inventory"] for row in _read(found.result_file)] == ["2147483647", "0"]


def test_a_latin_1_feed_is_read_as_such(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are latin-1, as the source sends them."""
    found = _filter(tmp_path, "Title,SKU,Price\nMüller-Öse,a,1\n".encode("latin-1"))
    assert found.encoding == "latin-1"
    assert _read(found.result_file)[0]["Title"] == "Müller-Öse"


def test_matching_tries_the_columns_in_order_without_hyphens_and_case(tmp_path: Path) -> None:
    """SKU before CWS_A before SPRC; the base part number finds a row too; others are left out."""
    feed = (
        "Title,SKU,Price,CWS_A,SPRC\n"
        "One,ab-1,1,CD2,\n"
        "Two,zz,1,cd-2,ab1\n"
        "Three,zz,1,,BASE-9\n"
        "Four,zz,1,zz,zz\n"
    )
    reference = "ItemNumber,BasePartNumber,ID,Description\nAB1,,1,first\nCD-2,base9,2,second\n"
    found = _filter(tmp_path, feed.encode(), reference)
    products = _read(found.result_file)
    assert found.unmatched == 1
    assert [
        (p["MatchMethod"], p["matchedSKU"], p["newsku"], p["ReferenceID"]) for p in products
    ] == [
        ("SKU", "ab-1", "AB1", "1"),
        ("CWS_A", "cd-2", "CD-2", "2"),
        ("SPRC", "BASE-9", "CD-2", "2"),
    ]


@pytest.mark.parametrize(
    "feed",
    [b"", b"Title,SKU\nx,y\n", b"Title,Title,SKU,Price\n", b'Title,SKU,Price\n"a'],
)
def test_a_file_that_is_no_feed_is_an_error(tmp_path: Path, feed: bytes) -> None:
    """The error names the file, and no partial result is left."""
    with pytest.raises(FeedError, match=r"feed\.csv"):
        _filter(tmp_path, feed)
    assert list((tmp_path / "out").iterdir()) == []


def test_counts_close(workspace: Path) -> None:
    """Every row is kept, rejected or unmatched, and the files say the same."""
    context = TaskContext("job", workspace, {}, lambda _: None, lambda _, __: None)
    parameters = FilterParameters(input_file="feed.csv", reference_file="reference.csv")
    found: dict[str, Any] = filter_products(context, parameters)
    assert found["rows"] == 4
    assert (found["kept"], found["rejected"], found["unmatched"]) == (1, 2, 1)
    assert found["reject_reasons"] == {"missing title": 1, "negative price": 1}
    assert len(_read(workspace / found["result_file"])) == 1


def test_a_link_that_leaves_the_workspace_fails_for_good(workspace: Path) -> None:
    """The agent checks again what the api checked."""
    context = TaskContext("job", workspace, {}, lambda _: None, lambda _, __: None)
    with pytest.raises(PermanentError, match="leaves the workspace"):
        filter_products(context, FilterParameters(input_file="link.fna"))
