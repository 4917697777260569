"""The comparison in the feed's scenarios finds each defect: a real shop, real uploads."""

import os
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from swarm.feed import (
    ShopClient,
    create_metafields,
    download_feed,
    drop_duplicates,
    filter_feed,
    read_reference,
    upload,
)
from swarm.feed.upload import _Upload

from gonogo.probes import Http
from gonogo.services import PortLease
from scenarios import feed
from scenarios.shop import Shop, not_once

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "system_under_test" / "data"
TOKEN = "only-for-tests-access"
CONTROL = "only-for-tests-control"
VICTIM = "group-2"
# Generous: the machine may be busy.
ASK_S_MAX = 120.0


def _ask(what: str, look: Callable[[], Any]) -> Any:
    end = time.monotonic() + ASK_S_MAX
    while time.monotonic() < end:
        if seen := look():
            return seen
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {ASK_S_MAX:g} s")


@pytest.fixture
def shop_url(tmp_path: Path) -> Iterator[str]:
    """A shop as a process."""
    lease = PortLease(f"feed-{uuid.uuid4().hex[:8]}")
    (port,) = lease.take(1)
    (tmp_path / "shop").mkdir()
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "system_under_test"),
        "SHOP_DATA": str(tmp_path / "shop"),
        "SHOP_PORT": str(port),
        "SHOP_ACCESS_TOKEN": TOKEN,
        "SHOP_CONTROL_TOKEN": CONTROL,
        "SHOP_COST_RESTORE_PER_S": "100000",
    }
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen([sys.executable, "-m", "swarm_shop"], env=environ) as process:
        client = Http(url)
        try:
            _ask("the shop answers", lambda: client.get("/health").status == 200)
            yield url
        finally:
            client.close()
            process.kill()
            process.wait()
            lease.release()


@pytest.fixture(scope="module")
def upload_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed catalogue after every step before the upload."""
    workspace = tmp_path_factory.mktemp("workspace")
    (workspace / "catalogue.zip").write_bytes((DATA / "catalogue.zip").read_bytes())
    fetched = download_feed("file:catalogue.zip", workspace, force=False)
    reference = read_reference(DATA / "catalogue-reference.csv")
    kept = filter_feed(workspace / fetched.file, reference, workspace, lambda _: None)
    made = create_metafields(kept.result_file, workspace, lambda _: None)
    return drop_duplicates(made.result_file, workspace).result_file


def _fail(url: str, **faults: list[str]) -> None:
    headers = {"X-Shop-Control-Token": CONTROL}
    answer = requests.put(f"{url}/stand-in/faults", json=faults, headers=headers, timeout=ASK_S_MAX)
    assert answer.status_code == 200, answer.text


def _upload(url: str, source: Path, directory: Path) -> None:
    client = ShopClient(url, TOKEN, random.SystemRandom())
    upload(source, directory, client, images=True, batch_size=50, tell=lambda _, __: None)
    client.close()


def _compare(url: str) -> tuple[list[str], dict[str, int]]:
    client = Http(url)
    shop = Shop(client, TOKEN, _ask)
    wanted, held = feed.expected(DATA).products, shop.products()
    found = feed.differences(wanted, held), not_once(wanted, shop.writes())
    client.close()
    return found


def test_all_is_right(shop_url: str, upload_file: Path, tmp_path: Path) -> None:
    """The system's steps and the scenario's independent computation agree on every product."""
    _upload(shop_url, upload_file, tmp_path)
    assert _compare(shop_url) == ([], {})
    assert len(feed.expected(DATA).products) > 200


def test_shopifys_own_form_is_right(shop_url: str, tmp_path: Path) -> None:
    """The same for the committed file in Shopify's own form."""
    _upload(shop_url, DATA / "shopify-products.csv", tmp_path)
    client = Http(shop_url)
    held = Shop(client, TOKEN, _ask).products()
    client.close()
    wanted = feed.expected_shopify(DATA)
    assert len(wanted) > 100
    assert feed.differences(wanted, held) == []


def test_a_dropped_product_is_noticed(shop_url: str, upload_file: Path, tmp_path: Path) -> None:
    """A shop that acknowledges a product and does not keep it."""
    _fail(shop_url, drop_handles=[VICTIM])
    _upload(shop_url, upload_file, tmp_path)
    assert _compare(shop_url) == ([f"{VICTIM}: missing"], {VICTIM: 0})


def test_an_altered_price_is_noticed(shop_url: str, upload_file: Path, tmp_path: Path) -> None:
    """A shop that keeps another price."""
    _fail(shop_url, alter_price_handles=[VICTIM])
    _upload(shop_url, upload_file, tmp_path)
    (difference,), not_written_once = _compare(shop_url)
    assert difference.startswith(f"{VICTIM}: variants is")
    assert not_written_once == {}


def test_uploading_twice_is_noticed(
    shop_url: str, upload_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An uploader that does not check the shop: products are right, but written twice."""
    monkeypatch.setattr(_Upload, "_marks", lambda _self, _handles: {})
    for _ in range(2):
        _upload(shop_url, upload_file, tmp_path)
    different, not_written_once = _compare(shop_url)
    assert different == []
    assert set(not_written_once.values()) == {2}
    assert set(not_written_once) == set(feed.expected(DATA).products)


def test_each_kind_of_difference_is_reported() -> None:
    """Missing, too much, and each field by its name."""
    wanted = {"a": {"title": "A", "vendor": "V"}, "b": {"title": "B"}}
    held = {"a": {"title": "A", "vendor": "W"}, "c": {"title": "C"}}
    assert feed.differences(wanted, held) == [
        "b: missing",
        "c: additional",
        "a: vendor is 'W', not 'V'",
    ]
