"""The stand-in behaves like the shop's API."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from shop_support import PATH, SET, ShopServer, bolt
from swarm_support import ANSWER_S, HERE


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopServer]:
    """A shop without faults and with a large bucket."""
    directory = tmp_path_factory.mktemp("shop")
    with ShopServer(directory, SHOP_COST_RESTORE_PER_S="100000") as server:
        yield server


def _cost(answer: requests.Response) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()["extensions"]["cost"]
    return found


def test_without_its_token_nothing_is_told(shop: ShopServer) -> None:
    """The api and the stand-in's own routes are 401 without the token, control without its own."""
    bare = requests.post(
        shop.url + PATH, json={"query": "{ productsCount { count } }"}, timeout=ANSWER_S
    )
    assert bare.status_code == 401
    for path in ("writes", "statistics"):
        assert requests.get(f"{shop.url}/stand-in/{path}", timeout=ANSWER_S).status_code == 401
    assert (
        shop.http.put(f"{shop.url}/stand-in/faults", json={}, timeout=ANSWER_S).status_code == 401
    )


def test_a_product_set_twice_is_one_product(shop: ShopServer) -> None:
    """The handle identifies: the second write replaces, the journal shows both."""
    first = shop.ask(SET, input=bolt())["productSet"]
    second = shop.ask(SET, input=bolt(title="Better bolt"))["productSet"]
    assert first["userErrors"] == second["userErrors"] == []
    assert first["product"]["id"] == second["product"]["id"]
    found = shop.ask(
        '{ productByIdentifier(identifier: {handle: "bolt"}) { title options { name values } '
        "variants(first: 5) { nodes { sku price selectedOptions { name value } } } "
        "images(first: 5) { nodes { url altText } } "
        'metafield(namespace: "custom", key: "product_info") { value } } }'
    )["productByIdentifier"]
    assert found == {
        "title": "Better bolt",
        "options": [{"name": "Size", "values": ["M6", "M8"]}],
        "variants": {
            "nodes": [
                {
                    "sku": "a",
                    "price": "1.50",
                    "selectedOptions": [{"name": "Size", "value": "M6"}],
                },
                {
                    "sku": None,
                    "price": "2.00",
                    "selectedOptions": [{"name": "Size", "value": "M8"}],
                },
            ]
        },
        "images": {"nodes": [{"url": "https://images.example.org/1.jpg", "altText": None}]},
        "metafield": {"value": "{}"},
    }
    actions = [each["action"] for each in shop.told("writes")["writes"] if each["handle"] == "bolt"]
    assert actions == ["create", "update"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": " "}, "Title can't be blank"),
        ({"handle": "Not A Handle"}, "Handle is invalid"),
        ({"handle": "nut"}, "Handle differs"),
        ({"variants": []}, "variants are needed"),
        ({"variants": [{"optionValues": [], "price": "1"}]}, "do not fit the options"),
        (
            {"variants": [{**bolt()["variants"][0], "price": "-10.00"}]},
            "Price must be a number from 0",
        ),
        ({"variants": [bolt()["variants"][0]] * 2}, "there twice"),
        (
            {"metafields": [{"namespace": "a", "key": "b", "type": "json", "value": "{"}]},
            "Value is not JSON",
        ),
    ],
)
def test_what_is_wrong_is_a_user_error(
    shop: ShopServer, changes: dict[str, Any], message: str
) -> None:
    """The answer is 200 with userErrors, and nothing is written."""
    before = len(shop.told("writes")["writes"])
    reply = shop.ask(SET, input=bolt(**changes))["productSet"]
    assert reply["product"] is None
    assert message in reply["userErrors"][0]["message"]
    assert len(shop.told("writes")["writes"]) == before


def test_what_the_schema_does_not_have_is_refused(shop: ShopServer) -> None:
    """An unknown field, argument or filter is an error, it is not ignored."""
    for query in (
        "{ products(first: 1) { nodes { colour } } }",
        "{ orders(first: 1) { nodes { id } } }",
        '{ products(first: 1, query: "vendor:x") { nodes { id } } }',
        "{ products(first: 0) { nodes { id } } }",
        "not a query",
    ):
        assert "errors" in shop.post(query).json(), query


def test_the_cursor_leads_through_all_products(tmp_path: Path) -> None:
    """Pages follow each other without gap or repeat; a deleted product is gone."""
    with ShopServer(tmp_path) as shop:
        for number in range(7):
            reply = shop.ask(
                SET.replace('"bolt"', f'"p-{number}"'), input=bolt(handle=f"p-{number}")
            )
        page = "query P($a: String) { products(first: 3, after: $a) { nodes { handle } pageInfo { hasNextPage endCursor } } }"  # noqa: E501
        found, after, more = [], None, True
        while more:
            answer = shop.ask(page, a=after)["products"]
            found += [node["handle"] for node in answer["nodes"]]
            more, after = answer["pageInfo"]["hasNextPage"], answer["pageInfo"]["endCursor"]
        assert found == [f"p-{number}" for number in range(7)]
        last = reply["productSet"]["product"]["id"]
        gone = shop.ask(
            f'mutation {{ productDelete(input: {{id: "{last}"}}) {{ deletedProductId }} }}'
        )
        assert gone["productDelete"]["deletedProductId"] == last
        again = shop.ask(
            f'mutation {{ productDelete(input: {{id: "{last}"}}) {{ userErrors {{ code }} }} }}'
        )
        assert again["productDelete"]["userErrors"] == [{"code": "PRODUCT_DOES_NOT_EXIST"}]
        assert shop.handles() == [f"p-{number}" for number in range(6)]


def test_an_empty_bucket_throttles_and_fills_again(tmp_path: Path) -> None:
    """A mutation costs 10 points; beyond the bucket it is THROTTLED with the status, not done."""
    with ShopServer(tmp_path, SHOP_COST_MAX="25", SHOP_COST_RESTORE_PER_S="0.001") as shop:
        answers = [shop.post(SET, input=bolt()) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200] * 3
        assert "errors" not in answers[1].json()
        (error,) = answers[2].json()["errors"]
        assert error["extensions"]["code"] == "THROTTLED"
        cost = _cost(answers[2])
        assert cost["requestedQueryCost"] == 10
        assert cost["actualQueryCost"] is None
        assert cost["throttleStatus"] == {
            "maximumAvailable": 25,
            "currentlyAvailable": 5,
            "restoreRate": 0.001,
        }
        assert len(shop.told("writes")["writes"]) == 2
    (tmp_path / "filling").mkdir()
    with ShopServer(tmp_path / "filling", SHOP_COST_MAX="10", SHOP_COST_RESTORE_PER_S="40") as shop:
        assert "errors" not in shop.post(SET, input=bolt()).json()
        threading.Event().wait(0.3)
        assert "errors" not in shop.post(SET, input=bolt()).json()


def test_a_connection_is_priced_full_and_paid_by_what_it_held(shop: ShopServer) -> None:
    """Requested before, actual after; what costs more than a query may is refused outright."""
    cost = _cost(shop.post("{ products(first: 100) { nodes { id } pageInfo { endCursor } } }"))
    assert cost["requestedQueryCost"] == 102
    assert cost["actualQueryCost"] < 20
    dear = shop.post("{ products(first: 250) { nodes { variants(first: 9) { nodes { id } } } } }")
    assert dear.json()["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"


def test_faults_are_as_asked(tmp_path: Path) -> None:
    """429 with Retry-After and 502 do nothing; a lost answer has done it; counts tell."""
    with ShopServer(tmp_path) as shop:
        shop.fail(too_many_requests=1, retry_after_s=3)
        answer = shop.post(SET, input=bolt())
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
        shop.fail(server_error=1)
        assert shop.post(SET, input=bolt()).status_code == 502
        shop.fail(throttled=1)
        answer = shop.post(SET, input=bolt())
        assert answer.json()["errors"][0]["extensions"]["code"] == "THROTTLED"
        assert shop.told("writes")["writes"] == []
        shop.fail(lost_answer=1)
        assert shop.post(SET, input=bolt()).status_code == 504
        shop.fail()
        assert shop.handles() == ["bolt"]
        counts = shop.told("statistics")["faults"]
        assert counts == {
            "too_many_requests": 1,
            "server_error": 1,
            "throttled": 1,
            "lost_answer": 1,
        }


def test_the_same_seed_brings_the_same_faults(tmp_path: Path) -> None:
    """Request by request, so that a run can be repeated."""
    with ShopServer(tmp_path) as shop:
        runs = []
        for seed in (7, 7, 8):
            shop.fail(seed=seed, server_error=0.5)
            runs.append([shop.post("{ productsCount { count } }").status_code for _ in range(24)])
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def _add(shop: ShopServer, handle: str, acknowledged: list[str]) -> None:
    query = SET.replace('"bolt"', f'"{handle}"')
    if shop.post(query, input=bolt(handle=handle)).ok:
        acknowledged.append(handle)


def test_kill_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """SIGKILL in the middle of writing, five times: each acknowledged product is there."""
    acknowledged: list[str] = []
    with ShopServer(tmp_path, SHOP_COST_RESTORE_PER_S="100000") as shop:
        for turn in range(5):
            handles = (f"p-{turn}-{number}" for number in itertools.count())
            for handle in itertools.islice(handles, 5):
                _add(shop, handle, acknowledged)
            killer = threading.Timer(0.02 * turn, shop.kill)
            killer.start()
            # It ends refused, reset, or cut in the middle of an answer.
            with contextlib.suppress(requests.RequestException):
                for handle in handles:
                    _add(shop, handle, acknowledged)
            killer.join()
            shop.start()
        held = shop.handles()
    assert len(acknowledged) >= 25
    assert set(acknowledged) <= set(held)
    assert len(held) == len(set(held))
    assert len(held) - len(acknowledged) <= 5, "at most the one in flight at each kill"


def test_it_stops_when_asked(tmp_path: Path) -> None:
    """SIGTERM ends it with 0."""
    with ShopServer(tmp_path) as shop:
        assert shop.stop() == 0


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SHOP_DATA": ""}, "SHOP_DATA"),
        ({"SHOP_ACCESS_TOKEN": "short"}, "SHOP_ACCESS_TOKEN"),
        ({"SHOP_COST_MAX": "-1"}, "SHOP_COST_MAX"),
        ({"SHOP_FAULTS": '{"slowness": 1}'}, "SHOP_FAULTS"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, changes: dict[str, str], named: str) -> None:
    """It does not start, exits with 2 and says which variable."""
    environ = {
        **os.environ,
        "PYTHONPATH": str(HERE.parent),
        "SHOP_DATA": str(tmp_path),
        "SHOP_ACCESS_TOKEN": "long-enough-for-a-test",
        **changes,
    }
    done = subprocess.run(
        [sys.executable, "-m", "swarm_shop"],
        env=environ,
        capture_output=True,
        timeout=ANSWER_S,
        check=False,
    )
    assert done.returncode == 2
    assert named in done.stderr.decode()
