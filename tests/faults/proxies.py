"""A fault proxy of its own for a test, and its control API as any HTTP client sees it."""

import http.client
import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from gonogo.edges.local_proxy import proxy_program
from tests.backends.builders import PATIENCE_S

ANSWER_S_MAX = 10.0


class Api:
    """The program's control API."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self.host, self.port = host, int(port)

    def call(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, str, http.client.HTTPMessage]:
        """Status, body and head of the answer."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=ANSWER_S_MAX)
        text = body if isinstance(body, str | None) else json.dumps(body)
        connection.request(method, path, body=text, headers=headers)
        answer = connection.getresponse()
        said = answer.read().decode()
        connection.close()
        return answer.status, said, answer.headers

    def create(self, name: str, upstream: str) -> tuple[str, int]:
        """Create a proxy on a free port; its address."""
        proxy = {"name": name, "listen": "127.0.0.1:0", "upstream": upstream}
        host, _, port = self._done("POST", "/proxies", proxy)["listen"].rpartition(":")
        return host, int(port)

    def toxic(self, kind: str, **attributes: Any) -> None:
        """Add a toxic to ``p``."""
        self._done("POST", "/proxies/p/toxics", {"type": kind, "attributes": attributes})

    def update(self, name: str, **attributes: Any) -> None:
        """Change a toxic of ``p``."""
        self._done("PATCH", f"/proxies/p/toxics/{name}", {"attributes": attributes})

    def remove(self, name: str) -> None:
        """Take a toxic off ``p``."""
        assert self.call("DELETE", f"/proxies/p/toxics/{name}")[0] == http.client.NO_CONTENT

    def counters(self, toxic: str) -> dict[str, int]:
        """What a toxic of ``p`` did."""
        found: dict[str, int] = self._done("GET", "/proxies/p/counters")["toxics"][toxic]
        return found

    def _done(self, method: str, path: str, body: Any = None) -> Any:
        status, said, _ = self.call(method, path, body)
        assert status < http.client.BAD_REQUEST, said
        return json.loads(said)


@pytest.fixture
def api() -> Iterator[Api]:
    """A new proxy program, without proxies."""
    program = [str(proxy_program()), "--seed", "7", "--die-with-parent"]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield Api(json.loads(process.stdout.readline())["control"])
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0
