"""The steps of the feed beside the filter: products, metafields, duplicates, categories."""

from __future__ import annotations

import csv
import json
import runpy
from pathlib import Path

import pytest
from swarm.feed import (
    FeedError,
    FilterResult,
    categorise,
    create_metafields,
    drop_duplicates,
    filter_feed,
    read_products,
    read_reference,
    read_taxonomy,
)
from swarm_support import HERE

DATA = HERE.parent / "data"
SHOPIFY = (
    "Handle,Title,Body (HTML),Vendor,Type,Option1 Name,Option1 Value,Variant SKU,"
    "Variant Inventory Qty,Variant Price,Image Src,Image Alt Text"
)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def _write(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "products.csv"
    path.write_text("\n".join([*lines, ""]))
    return path


def _filter(source: Path, reference: Path | None = None) -> FilterResult:
    out = source.parent / "out"
    out.mkdir(exist_ok=True)
    known = read_reference(reference) if reference else None
    return filter_feed(source, known, out, lambda _: None)


def test_rows_of_one_handle_are_variants_and_images_of_one_product(tmp_path: Path) -> None:
    """In Shopify's own CSV; the columns get the names the other steps use."""
    source = _write(
        tmp_path,
        SHOPIFY,
        "top,Top,<p>Soft</p>,V,Tops,Size,S,t-s,1,60,https://i.example/1.jpg,front",
        "top,,,,,,M,,2,61.5,,",
        "top,,,,,,,,,,https://i.example/2.jpg,",
        "bag,Bag,,V,Bags,Title,Default Title,,,30,,",
    )
    found = _filter(source)
    assert (found.rows, found.kept, found.rejected) == (4, 4, 0)
    for file in (source, found.result_file):
        products, rejects = read_products(file)
        assert rejects == []
        top, bag = products
        assert (top.handle, top.title, top.description) == ("top", "Top", "<p>Soft</p>")
        assert [(v.options, v.sku, v.price, v.inventory) for v in top.variants] == [
            ((("Size", "S"),), "t-s", "60.00", 1),
            ((("Size", "M"),), "", "61.50", 2),
        ]
        assert [(image.url, image.alt) for image in top.images] == [
            ("https://i.example/1.jpg", "front"),
            ("https://i.example/2.jpg", ""),
        ]
        assert bag.variants[0].options == (("Title", "Default Title"),)


def test_a_bad_row_costs_its_variant_a_bad_first_row_its_product(tmp_path: Path) -> None:
    """Each with its own reason and line."""
    source = _write(
        tmp_path,
        SHOPIFY,
        "a,A,,,,Size,S,,1,1,,",
        "a,,,,,,M,,1,-10.00,,",
        "a,,,,,,s,,1,1,,",
        "b,,,,,Size,S,,1,1,,",
        "b,,,,,,M,,1,1,,",
        ",No handle,,,,,,,1,1,,",
    )
    found = _filter(source)
    assert [(row["line"], row["reason"]) for row in _read(found.reject_file)] == [
        ("3", "negative price: '-10.00'"),
        ("4", "variant is there already: line 2"),
        ("5", "missing title"),
        ("6", "first row of its product is rejected: line 5"),
        ("7", "missing handle"),
    ]
    assert [row["Handle"] for row in _read(found.result_file)] == ["a"]


def test_text_that_was_utf_8_in_a_latin_1_feed_is_broken(tmp_path: Path) -> None:
    """It reads as two wrong letters; real latin-1 beside it goes on."""
    source = tmp_path / "products.csv"
    rows = [b"Title,SKU,Price", "Öse,a,1".encode("latin-1"), "Öse,b,1".encode()]
    source.write_bytes(b"\n".join(rows))
    found = _filter(source)
    assert found.reasons == {"broken encoding": 1}
    assert [row["SKU"] for row in _read(found.result_file)] == ["a"]


def test_the_first_row_decides_whether_the_reference_knows_a_product(tmp_path: Path) -> None:
    """Its other rows are handled with it, whatever their own numbers are."""
    reference = tmp_path / "reference.csv"
    reference.write_text("ItemNumber\nAB1\n")
    source = _write(
        tmp_path,
        "Handle,Title,SKU,Price,Option1 Value",
        "in,In,ab-1,1,S",
        "in,,other,1,M",
        "out,Out,other,1,S",
        "out,,ab1,1,M",
    )
    found = _filter(source, reference)
    assert (found.kept, found.unmatched) == (2, 2)
    assert {(row["Handle"], row["newsku"]) for row in _read(found.result_file)} == {("in", "AB1")}


def test_metafields_nest_by_dots(tmp_path: Path) -> None:
    """One column of JSON instead of theirs; empty values are left out, and so are empty rows."""
    source = _write(
        tmp_path,
        "SKU,Title,Price,Metafield: custom.specifications.brand,"
        "Metafield: custom.specifications.size.width,Metafield: custom.origin",
        "a,A,1,Northway,5 mm,Österreich",
        "b,B,1,,,SE",
        "c,C,1,,,",
    )
    found = create_metafields(source, tmp_path, lambda _: None)
    rows = _read(found.result_file)
    assert list(rows[0]) == ["SKU", "Title", "Price", "custom.product_info"]
    assert [json.loads(row["custom.product_info"] or "null") for row in rows] == [
        {
            "origin": "Österreich",
            "specifications": {"brand": "Northway", "size": {"width": "5 mm"}},
        },
        {"origin": "SE"},
        None,
    ]
    assert (found.rows, found.with_info) == (3, 2)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("Metafield: custom.a,Metafield: custom.a.b", "custom.a cannot hold custom.a.b as well"),
        ("Metafield: other.a", "is not of the form"),
        ("Metafield: custom", "is not of the form"),
        ("Metafield: custom.a..b", "is not of the form"),
        ("custom.product_info", "is there already"),
    ],
)
def test_metafield_columns_that_make_no_sense_are_an_error(
    tmp_path: Path, columns: str, message: str
) -> None:
    """It names the file, the line and the column."""
    source = _write(tmp_path, f"SKU,Title,Price,{columns}")
    with pytest.raises(FeedError, match=r"products\.csv: line 1: .*") as error:
        create_metafields(source, tmp_path, lambda _: None)
    assert message in str(error.value)


def test_metafields_take_little_time(tmp_path: Path) -> None:
    """At most 100 ms of the processor a product, with 40 columns of them."""
    columns = ",".join(f"Metafield: custom.group{n % 7}.field{n}" for n in range(40))
    values = ",".join("x" * 50 for _ in range(40))
    source = _write(tmp_path, f"SKU,Title,Price,{columns}", *[f"a,A,1,{values}"] * 300)
    assert create_metafields(source, tmp_path, lambda _: None).cpu_ms_per_row_max <= 100


def test_of_duplicates_the_best_match_stays(tmp_path: Path) -> None:
    """SKU before CWS_A before SPRC before the rest; of equal ones the first; whole products."""
    source = _write(
        tmp_path,
        "Handle,SKU,newsku,MatchMethod",
        ",a,N-1,SPRC",
        ",b,n1,SKU",
        ",c,N1,CWS_A",
        ",d,N2,CWS_Catalog",
        ",e,N2,CWS_Catalog",
        "g,f,N3,CWS_Catalog",
        "g,g,N3,CWS_Catalog",
        "h,h,N3,SPRC",
        "h,i,N3,SPRC",
        ",j,,",
        ",k,,",
    )
    found = drop_duplicates(source, tmp_path)
    assert [row["SKU"] for row in _read(found.result_file)] == ["b", "d", "h", "i", "j", "k"]
    removed = [(row["SKU"], row["line"], row["kept_line"]) for row in _read(found.removed_file)]
    assert removed == [
        ("a", "2", "3"),
        ("c", "4", "3"),
        ("e", "6", "5"),
        ("f", "7", "9"),
        ("g", "8", "9"),
    ]
    assert found.rows == found.kept + found.removed == 11


def test_without_a_reference_the_sku_tells_duplicates(tmp_path: Path) -> None:
    """The filter adds no number then; the first product stays."""
    source = _write(tmp_path, "SKU,Title", "a-1,first", "A1,second", "b,third")
    found = drop_duplicates(source, tmp_path)
    assert [row["Title"] for row in _read(found.result_file)] == ["first", "third"]
    with pytest.raises(FeedError, match="neither the column newsku nor SKU"):
        drop_duplicates(_write(tmp_path, "Title", "x"), tmp_path)


def test_a_category_is_the_longest_keyword_that_fits(tmp_path: Path) -> None:
    """The type is asked before the title; whole words only; without a taxonomy it is the type."""
    taxonomy = tmp_path / "taxonomy.csv"
    taxonomy.write_text("Category,Keywords\nBrakes,brake pad; brake\nPads,pad\nOils,oil\n")
    source = _write(
        tmp_path,
        "SKU,Title,Type",
        "a,Oil can,Brake Pad Set",
        "b,Oil can,Thing",
        "c,Soil,Thing",
    )
    found = categorise(source, read_taxonomy(taxonomy), tmp_path)
    assert [(row["Category"], row["CategoryMethod"]) for row in _read(found.result_file)] == [
        ("Brakes", "Type"),
        ("Oils", "Title"),
        ("", ""),
    ]
    assert found.counts == {"": 1, "Brakes": 1, "Oils": 1}
    plain = categorise(source, None, tmp_path)
    assert plain.counts == {"Brake Pad Set": 1, "Thing": 2}
    with pytest.raises(FeedError, match="missing columns: Keywords"):
        read_taxonomy(_write(tmp_path, "Category", "x"))


def test_two_products_cannot_have_one_handle(tmp_path: Path) -> None:
    """Numbers may differ only in characters that no handle contains; the second is rejected."""
    source = _write(tmp_path, "SKU,Title,Price", "AB/1,A,1", "ab 1,B,1", "---,C,1")
    products, rejects = read_products(source)
    assert [product.handle for product in products] == ["ab-1"]
    assert [(reject.line, reject.reason) for reject in rejects] == [
        (3, "handle ab-1 is there already: line 2"),
        (4, "no handle can be made of its number"),
    ]


def test_handles_that_the_shop_cannot_tell_apart_are_two_products(tmp_path: Path) -> None:
    """The later one is rejected with all its rows; it adds nothing to the first."""
    source = _write(
        tmp_path,
        "Handle,Title,SKU,Price,Image Src",
        "Caf\u00e9,Cup,a,1,",
        "cafe,Mug,b,2,",
        "cafe,,,,https://images.example.org/1.jpg",
        "Caf\u00e9,,,,https://images.example.org/2.jpg",
        ",Jug,cafe,3,",
    )
    (product,), rejects = read_products(source)
    assert [variant.sku for variant in product.variants] == ["a"]
    assert [image.url for image in product.images] == ["https://images.example.org/2.jpg"]
    assert [(reject.line, reject.reason) for reject in rejects] == [
        (line, "handle cafe is there already: line 2") for line in (3, 4, 6)
    ]


def test_a_handle_made_of_a_number_is_not_shared(tmp_path: Path) -> None:
    """A product that has the same handle of its own does not become its variant."""
    source = _write(tmp_path, "Handle,Title,SKU,Price", ",Cup,a-1,1", "a-1,Mug,b,2")
    (product,), (reject,) = read_products(source)
    assert [variant.sku for variant in product.variants] == ["a-1"]
    assert reject.reason == "handle a-1 is there already: line 2"


def test_the_committed_catalogue_is_what_the_generator_makes() -> None:
    """Same seed, same bytes; another seed, others."""
    make_files = runpy.run_path(str(HERE.parent / "generate_catalogue.py"))["files"]
    files = make_files()
    for name, content in files.items():
        assert (DATA / name).read_bytes() == content, f"{name}: run generate_catalogue.py"
    assert make_files(seed=2)["catalogue.zip"] != files["catalogue.zip"]
