"""The products in the shop, read through the shop's own API."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gonogo.plugin import SystemUnderTest
from gonogo.probes import Answer, Http
from scenarios.feed import Document

SERVICE, PORT = "shop", 8090
HEADER = "X-Shopify-Access-Token"
PATH = "/admin/api/2026-10/graphql.json"
ASK_S_MAX = 60.0  # this shop refuses some requests on purpose, but never all
PAGE = 10
QUERY = """
query Page($count: Int!, $after: String) {
  products(first: $count, after: $after) {
    nodes {
      handle title descriptionHtml vendor productType
      variants(first: 20) {
        nodes { sku price inventoryQuantity selectedOptions { name value } }
      }
      images(first: 20) { nodes { url altText } }
      metafield(namespace: "custom", key: "product_info") { value }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""

Ask = Callable[[str, Callable[[], Any]], Any]


class Shop:
    """One shop.

    Args:
        client: of the shop's base URL.
        token: its access token.
        ask: repeats a request until it is answered.
    """

    def __init__(self, client: Http, token: str, ask: Ask) -> None:
        self._client = client
        self._headers = {HEADER: token}
        self._ask = ask

    @classmethod
    @contextmanager
    def of(cls, system: SystemUnderTest) -> Iterator["Shop"]:
        """The shop of the running system; its client is closed at the end of the block."""
        host, port = system.attached.address(SERVICE, PORT)
        token = system.target.services[SERVICE].environment["SHOP_ACCESS_TOKEN"]

        def ask(what: str, look: Callable[[], Any]) -> Any:
            return system.wait_for(what, look, timeout_s=ASK_S_MAX)

        client = Http(f"http://{host}:{port}")
        try:
            yield cls(client, token, ask)
        finally:
            client.close()

    def products(self) -> dict[str, Document]:
        """Every product by its handle."""
        found: dict[str, Document] = {}
        after: str | None = None
        while True:
            page = self._page(after)
            found |= {node["handle"]: document(node) for node in page["nodes"]}
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    def writes(self) -> Counter[str]:
        """How often each product was written, by handle."""
        listed = self._client.get("/stand-in/writes", headers=self._headers).json
        return Counter(write["handle"] for write in listed["writes"])

    def faults(self) -> dict[str, int]:
        """How many requests each fault of the shop has hit so far."""
        told = self._client.get("/stand-in/statistics", headers=self._headers).json
        return dict(told["faults"])

    def _page(self, after: str | None) -> dict[str, Any]:
        body = {"query": QUERY, "variables": {"count": PAGE, "after": after}}

        def look() -> Any:
            answer = self._client.post(PATH, json=body, headers=self._headers)
            return _data(answer)

        page: dict[str, Any] = self._ask("the shop lists its products", look)["products"]
        return page


def not_once(handles: Iterable[str], writes: Mapping[str, int]) -> dict[str, int]:
    """The products that were not written exactly once, and how often they were."""
    return {handle: writes.get(handle, 0) for handle in handles if writes.get(handle, 0) != 1}


def document(node: dict[str, Any]) -> Document:
    """A product from the answer of the shop, without the nesting of GraphQL."""
    info = node["metafield"]
    return {
        "title": node["title"],
        "descriptionHtml": node["descriptionHtml"],
        "vendor": node["vendor"],
        "productType": node["productType"],
        "variants": node["variants"]["nodes"],
        "images": node["images"]["nodes"],
        "product_info": json.loads(info["value"]) if info else None,
    }


def _data(answer: Answer) -> Any:
    if answer.status != 200 or not isinstance(answer.json, dict):
        return None
    return None if answer.json.get("errors") else answer.json["data"]
