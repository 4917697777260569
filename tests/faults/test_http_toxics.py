"""The ``http`` toxic on real sockets: by request, in order, and without other changes."""

import http.client
import http.server
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.proxies import ANSWER_S_MAX, Api, api

__all__ = ["api"]

BODY = bytes(range(256)) * 400
GONE = (ConnectionError, http.client.HTTPException)


class Upstream(http.server.BaseHTTPRequestHandler):
    """Answers with the content of the request, or with a chunked body; logs each request."""

    protocol_version = "HTTP/1.1"
    asked: list[str]

    def do_GET(self) -> None:
        """``/chunked`` in chunks, every other path with a length."""
        self.asked.append(f"{self.command} {self.path}")
        self.send_response(200)
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for at in range(0, len(BODY), 1000):
                piece = BODY[at : at + 1000]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")
            return
        self._answer(self.path.encode())

    def do_HEAD(self) -> None:
        """A length without a body."""
        self.asked.append(f"{self.command} {self.path}")
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()

    def do_POST(self) -> None:
        """The body back."""
        self.asked.append(f"{self.command} {self.path}")
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self._answer(body)

    def _answer(self, body: bytes) -> None:
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nowhere."""


@pytest.fixture
def asked() -> list[str]:
    """The requests that reached the upstream."""
    return []


@pytest.fixture
def edge(api: Api, asked: list[str]) -> Iterator[tuple[str, int]]:
    """A listener before a real HTTP server."""
    handler = type("Handler", (Upstream,), {"asked": asked})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield api.create("p", f"127.0.0.1:{server.server_address[1]}")
        server.shutdown()
        serving.join()


def _ask(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None
) -> tuple[int, bytes]:
    connection.request(method, path, body=body)
    answer = connection.getresponse()
    return answer.status, answer.read()


@pytest.fixture
def kept(edge: tuple[str, int]) -> Iterator[http.client.HTTPConnection]:
    """One kept-alive connection that was used before the toxic was added."""
    connection = http.client.HTTPConnection(*edge, timeout=ANSWER_S_MAX)
    assert _ask(connection, "GET", "/before") == (200, b"/before")
    yield connection
    connection.close()


def test_a_route_is_answered_and_others_are_not(
    api: Api, kept: http.client.HTTPConnection, asked: list[str]
) -> None:
    """By method and path, on a kept connection; the upstream never gets the matching requests."""
    api.toxic(
        "http", method="POST, PUT", path="/api/*", status=503, body="away",
        headers={"Retry-After": "7"},
    )  # fmt: skip
    kept.request("POST", "/api/jobs?x=1", body=BODY)
    answer = kept.getresponse()
    assert (answer.status, answer.reason) == (503, "Service Unavailable")
    assert (answer.headers["retry-after"], answer.read()) == ("7", b"away")
    assert _ask(kept, "GET", "/api/jobs") == (200, b"/api/jobs")
    assert _ask(kept, "POST", "/other", BODY) == (200, BODY)
    assert asked == ["GET /before", "GET /api/jobs", "POST /other"]
    counters = api.counters("http_downstream")
    assert (counters["matched"], counters["affected"], counters["connections"]) == (1, 1, 1)
    api.remove("http_downstream")
    assert _ask(kept, "POST", "/api/jobs", BODY) == (200, BODY)


def test_the_first_so_many_fail(api: Api, edge: tuple[str, int], asked: list[str]) -> None:
    """Exactly three, over several connections; the fourth and all later ones pass."""
    api.toxic("http", path="/x", status=500, fail_first=3)
    said = []
    for _ in range(6):
        connection = http.client.HTTPConnection(*edge, timeout=ANSWER_S_MAX)
        said.append(_ask(connection, "GET", "/x")[0])
        connection.close()
    assert said == [500, 500, 500, 200, 200, 200]
    assert len(asked) == 3


def test_a_probability_is_kept_and_replayed(api: Api, edge: tuple[str, int]) -> None:
    """About thirty of a hundred requests on one connection; each one is counted."""
    api.toxic("http", status=500, probability=0.3)
    connection = http.client.HTTPConnection(*edge, timeout=ANSWER_S_MAX)
    hit = [_ask(connection, "GET", "/")[0] == 500 for _ in range(100)]
    connection.close()
    assert 15 <= sum(hit) <= 45
    assert api.counters("http_downstream")["affected"] == sum(hit)
    assert api.counters("http_downstream")["matched"] == 100


def test_abort_resets_and_nothing_arrives(
    api: Api, kept: http.client.HTTPConnection, asked: list[str]
) -> None:
    """The client's connection is reset; the upstream never gets the request."""
    api.toxic("http", path="/gone", abort=True)
    with pytest.raises(GONE):
        _ask(kept, "GET", "/gone")
    kept.close()
    assert _ask(kept, "GET", "/here") == (200, b"/here")
    assert asked == ["GET /before", "GET /here"]


def test_delay_waits_and_then_goes_on(api: Api, kept: http.client.HTTPConnection) -> None:
    """300 ms for the given route and none for others, with or without a reply of the toxic."""
    from time import monotonic  # noqa: PLC0415 - only here

    api.toxic("http", path="/slow", delay=300)
    began = monotonic()
    assert _ask(kept, "GET", "/slow") == (200, b"/slow")
    assert monotonic() - began >= 0.3
    api.update("http_downstream", status=504)
    began = monotonic()
    assert _ask(kept, "GET", "/slow")[0] == 504
    assert monotonic() - began >= 0.3
    assert _ask(kept, "GET", "/fast") == (200, b"/fast")


# The body is the path: long enough that the changed fraction is close to the given one.
@pytest.mark.parametrize("path", ["/chunked", f"/{'plain' * 40}"], ids=["chunked", "by length"])
def test_corruption_changes_the_body_and_not_its_frame(
    api: Api, kept: http.client.HTTPConnection, path: str
) -> None:
    """Same length, other bytes, and the connection is usable, chunked or with a length."""
    whole = _ask(kept, "GET", path)[1]
    api.toxic("http", path=path, corrupt=0.1)
    status, body = _ask(kept, "GET", path)
    changed = sum(one != other for one, other in zip(body, whole, strict=True))
    assert status == 200
    assert body[0] != whole[0]
    assert 1 <= changed <= 1 + 0.2 * len(whole)
    assert _ask(kept, "GET", "/after") == (200, b"/after")


def test_pipelined_answers_keep_their_order(api: Api, edge: tuple[str, int]) -> None:
    """Ten requests in one write, every second one answered by the toxic: ten answers in order."""
    api.toxic("http", path="/hit", status=503, body="hit")
    paths = [("/hit" if number % 2 else f"/{number}") for number in range(10)]
    requests = "".join(f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n" for path in paths)
    with socket.create_connection(edge, ANSWER_S_MAX) as connection:
        connection.sendall(requests.encode())
        said = []
        for path in paths:
            answer = http.client.HTTPResponse(connection, method="GET")
            said.append(_read(connection))
            answer.close()
            assert said[-1] == ((503, b"hit") if path == "/hit" else (200, path.encode()))


def _read(connection: socket.socket) -> tuple[int, bytes]:
    """One answer, byte by byte, so that the next one stays unread."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += connection.recv(1)
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    body = b""
    while len(body) < length:
        body += connection.recv(length - len(body))
    return int(head.split()[1]), body


def test_what_is_not_hit_passes_untouched(api: Api, kept: http.client.HTTPConnection) -> None:
    """Heads without a body, chunks, and a large body in both directions, byte for byte."""
    api.toxic("http", path="/elsewhere", status=500)
    assert _ask(kept, "HEAD", "/x") == (200, b"")
    assert _ask(kept, "GET", "/chunked") == (200, BODY)
    assert _ask(kept, "POST", "/x", BODY * 40) == (200, BODY * 40)
    assert api.counters("http_downstream")["matched"] == 0


def test_a_request_in_many_pieces_is_understood(api: Api, edge: tuple[str, int]) -> None:
    """One byte at a time, head and body."""
    api.toxic("http", path="/hit", status=503, body="hit")
    with socket.create_connection(edge, ANSWER_S_MAX) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"POST /hit HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc":
            connection.sendall(bytes([byte]))
        assert _read(connection) == (503, b"hit")


def test_what_is_not_http_passes(api: Api, edge: tuple[str, int]) -> None:
    """Bytes that are not a request pass unchanged."""
    api.toxic("http", status=503)
    with socket.create_connection(edge, ANSWER_S_MAX) as connection:
        connection.sendall(b"\x00\x01\x02 not http\r\n\r\n")
        assert b"503" not in connection.recv(1 << 16)


def test_changing_it_amid_requests_loses_none(api: Api, kept: http.client.HTTPConnection) -> None:
    """It is added, changed and removed 50 times, also in the middle of a request."""
    over = threading.Event()

    def change() -> None:
        while not over.is_set():
            api.toxic("http", path="/elsewhere", status=500)
            api.update("http_downstream", status=501, delay=1)
            api.remove("http_downstream")

    changing = threading.Thread(target=change)
    changing.start()
    try:
        for number in range(300):
            body = BODY[number:]
            assert _ask(kept, "POST", f"/{number}", body) == (200, body)
    finally:
        over.set()
        changing.join()


@pytest.mark.parametrize(
    "wrong",
    [{"status": 99}, {"probability": 2}, {"headers": {"a b": "c"}}, {"headers": {"a": "b\r\nc"}}],
)
def test_attributes_that_make_no_sense_are_refused(api: Api, wrong: dict[str, Any]) -> None:
    """They are refused before anything is armed, and the error names the attribute."""
    api.create("p", "127.0.0.1:1")
    toxic = {"type": "http", "attributes": wrong}
    status, said, _ = api.call("POST", "/proxies/p/toxics", toxic)
    assert (status, "bad request body" in said) == (400, True)
