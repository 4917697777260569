"""The login of the test user: a scenario and a load find the same token in the same answer."""

import asyncio
import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from gonogo.plugin.under_test import SystemUnderTest
from gonogo.target import load_target
from gonogo_load.client import Client

ANSWER = {
    "access_token": "other",
    "tokens": [{"value": "t1"}, {"value": "t2"}],
    "a/b": {"m~n": "escaped"},
    "count": 7,
    "": {"": "below empty keys"},
}
COMPOSE = """
services:
  web:
    image: web
    expose: ["80"]
x-harness:
  entry: {{service: web, port: 80, health: /}}
  user: {{login: /login, body: {{}}, token: {pointer}}}
"""


class LoginHandler(BaseHTTPRequestHandler):
    """Answers every POST with ``ANSWER``."""

    answer: ClassVar[Any] = ANSWER

    def do_POST(self) -> None:
        """One login."""
        body = json.dumps(self.answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write nothing."""


class OneAddress:
    """A system whose only service answers at one address."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)

    def address(self, service: str, port: int) -> tuple[str, int]:
        """The same for every service and port."""
        return self._address


Logins = Callable[[str], tuple[str, str]]


@pytest.fixture
def logins(tmp_path: Path) -> Iterator[Logins]:
    """Log in as a scenario and as a load do, with a token pointer; both tokens."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), LoginHandler)
    Thread(target=server.serve_forever, daemon=True).start()
    host, port = "127.0.0.1", server.server_port

    async def of_a_load(system: SystemUnderTest) -> str:
        user = system.target.user
        assert user is not None
        async with Client(system.base_url, 10.0) as client:
            await client.log_in(user)
            return client.token

    def log_in(pointer: str) -> tuple[str, str]:
        file = tmp_path / "compose.yaml"
        file.write_text(COMPOSE.format(pointer=json.dumps(pointer)))
        system = SystemUnderTest(load_target(file, {}), OneAddress(host, port), tmp_path)  # type: ignore[arg-type]
        try:
            return system.login(), asyncio.run(of_a_load(system))
        finally:
            system.close()

    yield log_in
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("pointer", "token"),
    [
        ("/tokens/0/value", "t1"),
        ("/tokens/1/value", "t2"),
        ("/a~1b/m~0n", "escaped"),
        ("//", "below empty keys"),
        ("/access_token", "other"),
    ],
)
def test_a_scenario_and_a_load_find_the_same_token(
    logins: Logins, pointer: str, token: str
) -> None:
    """Lists, escapes and empty keys in the pointer lead both to the token RFC 6901 names."""
    assert logins(pointer) == (token, token)


@pytest.mark.parametrize("pointer", ["/count", "/tokens/-", "/tokens/00/value", "/access_token/0"])
def test_a_pointer_to_no_text_is_a_refused_login(logins: Logins, pointer: str) -> None:
    """A number, a place behind the end, a leading zero or a step into text give no token."""
    with pytest.raises(AssertionError, match=f"no token at {pointer}"):
        logins(pointer)
