"""Uploading to the shop: each product once, whatever the shop does."""

from __future__ import annotations

import csv
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from shop_support import TOKEN, ShopServer
from swarm.feed import (
    FeedError,
    Occupied,
    ShopClient,
    ShopError,
    ShopRefused,
    UploadResult,
    alone,
    upload,
)
from swarm.feed import pacing as pacing_module
from swarm.feed.cleanup import clean_up
from swarm.feed.pacing import Pacing, retry_after_s
from swarm.feed.shop_queries import PRODUCT_DELETE

PRODUCTS = 12


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[ShopServer]:
    """A shop with a large bucket."""
    (tmp_path / "shop").mkdir()
    with ShopServer(tmp_path / "shop", SHOP_COST_RESTORE_PER_S="100000") as server:
        yield server


@pytest.fixture
def client(shop: ShopServer) -> Iterator[ShopClient]:
    """A client of it."""
    made = ShopClient(shop.url, TOKEN, random.SystemRandom())
    yield made
    made.close()


def _write(path: Path, prices: dict[int, str] | None = None) -> Path:
    rows = [
        f"p-{number},Part {number},{(prices or {}).get(number, '1.00')},{number}"
        for number in range(PRODUCTS)
    ]
    path.write_text("\n".join(["SKU,Title,Price,Inventory", *rows, ""]))
    return path


def _upload(source: Path, client: ShopClient, **more: Any) -> UploadResult:
    out = source.parent / "out"
    out.mkdir(exist_ok=True)
    options = {"images": True, "batch_size": 5, "tell": lambda _, __: None, **more}
    return upload(source, out, client, **options)


def _write_counts(shop: ShopServer) -> Counter[str]:
    return Counter(each["handle"] for each in shop.told("writes")["writes"])


def _remove(shop: ShopServer, *handles: str) -> None:
    """Delete products as somebody else would."""
    nodes = shop.ask("{ products(first: 20) { nodes { id handle } } }")["products"]["nodes"]
    for node in nodes:
        if node["handle"] in handles:
            shop.ask(PRODUCT_DELETE, id=node["id"])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_second_upload_writes_only_what_changed(
    tmp_path: Path, shop: ShopServer, client: ShopClient
) -> None:
    """Unchanged products are recognised by handle and content, and left alone."""
    told: list[tuple[float, str]] = []
    first = _upload(
        _write(tmp_path / "a.csv"), client, tell=lambda share, line: told.append((share, line))
    )
    assert (first.created, first.unchanged, first.batches) == (PRODUCTS, 0, 3)
    assert [line for _, line in told][:1] == ["batch 1 of 3: 5 created"]
    assert [share for share, _ in told] == pytest.approx([1 / 3, 2 / 3, 1])
    second = _upload(_write(tmp_path / "a.csv", {3: "9.99"}), client)
    assert (second.created, second.updated, second.unchanged) == (0, 1, PRODUCTS - 1)
    assert _write_counts(shop) == Counter({f"p-{n}": 1 for n in range(PRODUCTS)}) + Counter(["p-3"])
    actions = Counter(row["action"] for row in _rows(second.uploaded_file))
    assert actions == {"updated": 1, "unchanged": PRODUCTS - 1}


@pytest.mark.parametrize(
    ("fault", "figure"),
    [
        ({"too_many_requests": 0.3, "retry_after_s": 0.02}, "too_many"),
        ({"throttled": 0.3}, "throttled"),
        ({"server_error": 0.3}, "uncertain"),
        ({"lost_answer": 0.3}, "uncertain"),
        ({"slow": 0.3, "slow_ms": 30}, None),
    ],
    ids=["429", "throttled", "5xx", "lost-answer", "slow"],
)
def test_through_faults_each_product_is_written_once(
    tmp_path: Path, shop: ShopServer, client: ShopClient, fault: dict[str, Any], figure: str | None
) -> None:
    """Nothing lost, nothing twice, also when an answer is lost after the write was done."""
    shop.fail(seed=3, **fault)
    done = _upload(_write(tmp_path / "a.csv"), client)
    met = shop.told("statistics")["faults"]
    shop.fail()
    assert sum(met.values()) >= 3, "the fault was met"
    assert done.created == PRODUCTS
    assert _write_counts(shop) == Counter({f"p-{n}": 1 for n in range(PRODUCTS)})
    if figure is not None:
        assert getattr(done.figures, figure) >= 3


def test_a_small_bucket_is_waited_for(tmp_path: Path) -> None:
    """The client spends no more than the bucket gives; THROTTLED is rare."""
    (tmp_path / "shop").mkdir()
    settings = {"SHOP_COST_MAX": "30", "SHOP_COST_RESTORE_PER_S": "50"}
    with ShopServer(tmp_path / "shop", **settings) as shop:
        client = ShopClient(shop.url, TOKEN, random.SystemRandom())
        begun_s = time.monotonic()
        done = _upload(_write(tmp_path / "a.csv"), client)
        took_s = time.monotonic() - begun_s
        client.close()
        assert done.created == PRODUCTS
        # A product costs 10; the bucket held 30 at most when it began.
        assert took_s >= (PRODUCTS * 10 - 30) / 50
        assert done.figures.throttled <= 3
        assert len(shop.handles()) == PRODUCTS


def test_what_the_shop_refuses_goes_to_the_reject_file(
    tmp_path: Path, shop: ShopServer, client: ShopClient
) -> None:
    """Beside the rows that never became a product; the rest is uploaded."""
    source = _write(tmp_path / "a.csv", {2: "-10.00"})
    shop.fail(user_error_handles=["p-4"])
    done = _upload(source, client)
    assert (done.created, done.refused, done.rejected_rows) == (PRODUCTS - 2, 1, 1)
    assert [(row["line"], row["handle"], row["reason"]) for row in _rows(done.reject_file)] == [
        ("4", "", "negative price: '-10.00'"),
        ("6", "p-4", "input: refused on purpose"),
    ]


def test_a_shop_that_is_away_is_worth_another_try_a_wrong_token_is_not(
    tmp_path: Path, shop: ShopServer
) -> None:
    """ShopError for the one, ShopRefused for the other; both in bounded time."""
    source = _write(tmp_path / "a.csv")
    waits: list[float] = []
    stranger = ShopClient(shop.url, "not the token", random.SystemRandom(), waits.append)
    with pytest.raises(ShopRefused, match="401"):
        _upload(source, stranger)
    assert waits == []
    shop.kill()
    lonely = ShopClient(shop.url, TOKEN, random.SystemRandom(), waits.append)
    with pytest.raises(ShopError, match="no answer in 6 tries"):
        _upload(source, lonely)
    assert waits == sorted(waits)
    assert len(waits) == 6
    assert all(0.1 <= delay_s <= 10 for delay_s in waits)
    stranger.close()
    lonely.close()


def test_images_can_be_left_out(tmp_path: Path, shop: ShopServer, client: ShopClient) -> None:
    """skip_images uploads the product without them."""
    source = tmp_path / "a.csv"
    source.write_text("SKU,Title,Price,Image Src\na,Bolt,1,https://images.example.org/1.jpg\n")
    query = "{ products(first: 1) { nodes { images(first: 1) { nodes { url } } } } }"
    _upload(source, client, images=False)
    assert shop.ask(query)["products"]["nodes"][0]["images"]["nodes"] == []
    _upload(source, client)
    assert len(shop.ask(query)["products"]["nodes"][0]["images"]["nodes"]) == 1


def test_duplicates_in_the_shop_are_listed_and_removed_only_when_asked(
    tmp_path: Path, shop: ShopServer, client: ShopClient
) -> None:
    """Of one number the best match stays; a dry run changes nothing."""
    source = tmp_path / "a.csv"
    source.write_text(
        "Handle,SKU,Title,Price,newsku,MatchMethod\n"
        "worse,x,Bolt,1,AB-1,SPRC\nbest,y,Bolt,1,ab1,CWS_A\nworst,z,Bolt,1,AB1,CWS_Catalog\n"
        "other,w,Nut,1,,\nalone,v,Nut,1,CD2,SPRC\n"
    )
    _upload(source, client)
    dry = clean_up(client, tmp_path, dry_run=True)
    assert (dry.products, dry.duplicates, dry.removed) == (5, 2, 0)
    assert len(shop.handles()) == 5
    shop.fail(seed=2, lost_answer=0.4)
    wet = clean_up(client, tmp_path, dry_run=False)
    shop.fail()
    assert wet.removed == 2
    assert sorted(shop.handles()) == ["alone", "best", "other"]
    assert [(row["handle"], row["kept_handle"]) for row in _rows(wet.removed_file)] == [
        ("worse", "best"),
        ("worst", "best"),
    ]


def test_a_repeated_cleanup_tells_what_the_attempt_before_it_removed(
    tmp_path: Path, shop: ShopServer, client: ShopClient
) -> None:
    """The file and the counts are those of an attempt that was not interrupted."""
    source = tmp_path / "a.csv"
    rows = [f"h-{number},s{number},Bolt,1,AB1,SPRC" for number in range(6)]
    source.write_text("\n".join(["Handle,SKU,Title,Price,newsku,MatchMethod", *rows, ""]))
    _upload(source, client)
    whole = clean_up(client, tmp_path, dry_run=True)
    listed = _rows(whole.removed_file)
    _remove(shop, "h-1", "h-3")
    again = clean_up(client, tmp_path, dry_run=False)
    assert (again.products, again.duplicates, again.removed) == (6, 5, 5)
    assert sorted(_rows(again.removed_file), key=lambda row: row["handle"]) == listed
    assert shop.handles() == ["h-0"]


def test_a_cleanup_does_not_list_what_stayed(
    tmp_path: Path, shop: ShopServer, client: ShopClient
) -> None:
    """The best one went between two attempts: the next best, listed before, is kept now."""
    source = tmp_path / "a.csv"
    source.write_text(
        "Handle,SKU,Title,Price,newsku,MatchMethod\nbest,x,Bolt,1,AB1,SKU\nnext,y,Bolt,1,AB1,SPRC\n"
    )
    _upload(source, client)
    clean_up(client, tmp_path, dry_run=True)
    _remove(shop, "best")
    again = clean_up(client, tmp_path, dry_run=False)
    assert (again.products, again.duplicates, again.removed) == (1, 0, 0)
    assert _rows(again.removed_file) == []
    assert shop.handles() == ["next"]


def test_one_upload_at_a_time(tmp_path: Path) -> None:
    """A second one waits, and gives up with an error after its limit."""
    with alone(tmp_path), pytest.raises(Occupied), alone(tmp_path, wait_s_max=0.3):
        pass
    with alone(tmp_path, wait_s_max=0.3):
        pass


def test_a_file_that_is_no_product_file_is_an_error(tmp_path: Path, client: ShopClient) -> None:
    """It names the file and what is missing."""
    source = tmp_path / "a.csv"
    source.write_text("Name,Colour\nx,y\n")
    with pytest.raises(FeedError, match=r"a\.csv: line 1: missing columns: Title"):
        _upload(source, client)


def test_pacing_waits_for_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the shop's own figures; without figures it does not wait."""
    monkeypatch.setattr(pacing_module, "time", SimpleNamespace(monotonic=lambda: 1000.0))
    pacing = Pacing()
    assert pacing.delay_s("q") == 0
    status = {"maximumAvailable": 100, "currentlyAvailable": 4, "restoreRate": 10}
    pacing.learn(
        "q", {"extensions": {"cost": {"requestedQueryCost": 14, "throttleStatus": status}}}
    )
    assert pacing.delay_s("q") == 1.0
    assert pacing.throttled_s() == 1.0
    assert pacing.delay_s("another") == 0


@pytest.mark.parametrize(
    ("header", "expected_s"),
    [("2.5", 2.5), ("0", 0), (None, 1.0), ("soon", 1.0), ("-1", 1.0), ("nan", 1.0), ("9999", 60)],
)
def test_retry_after_is_bounded(header: str | None, expected_s: float) -> None:
    """A bad Retry-After can neither block the client for ever nor crash it."""
    assert retry_after_s(header) == expected_s


def test_the_token_is_not_told(client: ShopClient, shop: ShopServer) -> None:
    """Errors and figures say nothing of it."""
    shop.kill()
    client = ShopClient(shop.url, TOKEN, random.SystemRandom(), lambda _: None)
    with pytest.raises(ShopError) as error:
        client.read("{ x }", {})
    assert TOKEN not in str(error.value) + json.dumps(repr(client.figures))
    client.close()
