"""The shop as a real process, and a client that does not use swarm's code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests
from port_support import lease_port
from swarm_support import ANSWER_S, HERE, wait_for

TOKEN = "only-for-tests-access"
CONTROL = "only-for-tests-control"
PATH = "/admin/api/2026-10/graphql.json"
SET = """
mutation Set($input: ProductSetInput!) {
  productSet(input: $input, identifier: {handle: "bolt"}) {
    product { id handle title }
    userErrors { field message code }
  }
}
"""


class ShopServer:
    """The shop on a private port; may be killed and started again with what it has kept.

    Args:
        directory: of its database.
        environ: settings by variable.
    """

    def __init__(self, directory: Path, **environ: str) -> None:
        self.port = lease_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._directory = directory
        self._environ = environ
        self._process: subprocess.Popen[bytes] | None = None
        self.http = requests.Session()
        self.http.headers["X-Shopify-Access-Token"] = TOKEN

    def __enter__(self) -> ShopServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self.kill()

    def start(self) -> None:
        """Start, and return when it answers."""
        environ = {
            **os.environ,
            "PYTHONPATH": str(HERE.parent),
            "SHOP_DATA": str(self._directory),
            "SHOP_PORT": str(self.port),
            "SHOP_ACCESS_TOKEN": TOKEN,
            "SHOP_CONTROL_TOKEN": CONTROL,
            **self._environ,
        }
        self._process = subprocess.Popen([sys.executable, "-m", "swarm_shop"], env=environ)
        try:
            wait_for(self._answers, "the shop answers")
        except BaseException:
            self.kill()
            raise

    def _answers(self) -> bool:
        try:
            return self.http.get(f"{self.url}/health", timeout=2).ok
        except requests.RequestException:
            return False

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        """Ask it to stop; returns its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(ANSWER_S)

    def fail(self, **faults: Any) -> None:
        """Set its faults."""
        answer = self.http.put(
            f"{self.url}/stand-in/faults",
            json=faults,
            headers={"X-Shop-Control-Token": CONTROL},
            timeout=ANSWER_S,
        )
        assert answer.status_code == 200, answer.text

    def post(self, query: str, **variables: Any) -> requests.Response:
        """Send one GraphQL request."""
        body = {"query": query, "variables": variables}
        return self.http.post(self.url + PATH, json=body, timeout=ANSWER_S)

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Send one GraphQL request that must succeed once it is paid for; returns its data."""

        def look() -> dict[str, Any] | None:
            answer = self.post(query, **variables)
            assert answer.status_code == 200, answer.text
            document: dict[str, Any] = answer.json()
            codes = [
                error.get("extensions", {}).get("code") for error in document.get("errors", ())
            ]
            return None if codes == ["THROTTLED"] else document

        document = wait_for(look, "the cost bucket is full enough")
        assert "errors" not in document, json.dumps(document)
        data: dict[str, Any] = document["data"]
        return data

    def told(self, path: str) -> Any:
        """Return what a route of the stand-in tells."""
        return self.http.get(f"{self.url}/stand-in/{path}", timeout=ANSWER_S).json()

    def handles(self) -> list[str]:
        """Return every handle it holds, oldest first."""
        found: list[str] = []
        after: str | None = None
        while True:
            page = self.ask(
                "query P($a: String) { products(first: 20, after: $a) "
                "{ nodes { handle } pageInfo { hasNextPage endCursor } } }",
                a=after,
            )["products"]
            found += [node["handle"] for node in page["nodes"]]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]


def bolt(**changes: Any) -> dict[str, Any]:
    """Return a product's input."""
    return {
        "handle": "bolt",
        "title": "Bolt",
        "productOptions": [{"name": "Size", "values": [{"name": "M6"}, {"name": "M8"}]}],
        "variants": [
            {"optionValues": [{"optionName": "Size", "name": "M6"}], "price": "1.5", "sku": "a"},
            {"optionValues": [{"optionName": "Size", "name": "M8"}], "price": "2"},
        ],
        "metafields": [
            {"namespace": "custom", "key": "product_info", "type": "json", "value": "{}"}
        ],
        "files": [{"originalSource": "https://images.example.org/1.jpg"}],
        **changes,
    }
