"""Http on servers that answer, refuse, reset, hang and break the protocol: all is data."""

import gzip
import socket
from collections.abc import Iterator

import pytest
import requests

from gonogo.probes import Answer, HealthProbe, Http
from gonogo.vocabulary import Outcome
from tests.probes.servers import Talk, reset, saying, serving, until_hung_up

SILENT_S = 0.3  # limit for a server that never answers
COMES_S_MAX = 60.0  # limit for an answer that comes, on a busy machine


def answer(head: str, body: bytes = b"", *, length: int | None = None) -> bytes:
    """An HTTP answer, then the end of the connection; ``length`` is a false Content-Length."""
    size = len(body) if length is None else length
    return f"HTTP/1.1 {head}\r\nContent-Length: {size}\r\n\r\n".encode() + body


def ask(talk: Talk, *, connections: int = 1, timeout_s: float = COMES_S_MAX) -> Answer:
    """One GET to a server that behaves like ``talk``."""
    with serving(talk, connections) as port:
        client = Http(f"http://127.0.0.1:{port}", timeout_s=timeout_s)
        try:
            return client.get("/")
        finally:
            client.close()


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port that is bound and does not listen: connections are refused."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def test_an_answer_is_taken_as_it_is() -> None:
    """An answer has status, headers in any case, media type without parameters, JSON and time."""
    head = "200 OK\r\nContent-Type: Application/JSON; charset=utf-8\r\nX-Two: 2"
    got = ask(saying(answer(head, b'{"a": [1]}')))
    assert (got.status, got.outcome) == (200, Outcome.OK)
    assert got.json == {"a": [1]}
    assert got.media_type == "application/json"
    assert got.header("x-tWO") == "2"
    assert got.header("X-Three") == ""
    assert 0 < got.elapsed_s < COMES_S_MAX


@pytest.mark.parametrize("status", [204, 301, 404, 500, 503])
def test_any_status_is_an_answer(status: int) -> None:
    """An answer with an error status is OK as an exchange: the probe does not judge it."""
    got = ask(saying(answer(f"{status} X")))
    assert (got.status, got.outcome) == (status, Outcome.OK)


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff\xfe{}", b'{"a": 1} x'])
def test_a_body_that_is_no_json(body: bytes) -> None:
    """A body that is no JSON gives None as JSON, and is kept unchanged."""
    got = ask(saying(answer("200 OK", body)))
    assert got.json is None
    assert got.body == body
    assert got.media_type == ""


def test_refused(dead_port: int) -> None:
    """A port without a listener is REFUSED."""
    got = Http(f"http://127.0.0.1:{dead_port}").get("/")
    assert (got.status, got.outcome) == (0, Outcome.REFUSED)


@pytest.mark.parametrize(
    "talk",
    [
        saying(b"", then=reset),
        saying(b""),
        saying(answer("200 OK", b"half", length=8)),
        saying(answer("200 OK", b"half", length=8), then=reset),
        saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"),
        saying(b"this is no HTTP\r\n\r\n"),
    ],
    ids=["rst", "fin", "half-body", "half-body-rst", "half-chunk", "nonsense"],
)
def test_cut_off(talk: Talk) -> None:
    """A connection that ends before the answer is complete is RESET, wherever it is cut."""
    got = ask(talk)
    assert (got.status, got.outcome, got.body) == (0, Outcome.RESET, b"")


@pytest.mark.parametrize(
    "talk",
    [
        until_hung_up,
        saying(b"HTTP/1.1 200 OK\r\n", then=until_hung_up),
        saying(answer("200 OK", b"half", length=8), then=until_hung_up),
    ],
    ids=["silent", "half-head", "half-body"],
)
def test_timeout(talk: Talk) -> None:
    """A server that stops sending is TIMEOUT after the limit, wherever it stops."""
    got = ask(talk, timeout_s=SILENT_S)
    assert (got.status, got.outcome) == (0, Outcome.TIMEOUT)
    assert SILENT_S <= got.elapsed_s < 60


def test_a_full_backlog_is_a_timeout() -> None:
    """A server that no longer accepts connections is TIMEOUT, not an exception."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        port = listener.getsockname()[1]
        got = Http(f"http://127.0.0.1:{port}", timeout_s=SILENT_S).get("/")
    assert got.outcome is Outcome.TIMEOUT


def test_a_body_in_another_encoding_than_claimed() -> None:
    """A body declared as gzip that is not gzip is WRONG_BODY; a gzip body is decoded."""
    head = "200 OK\r\nContent-Encoding: gzip"
    assert ask(saying(answer(head, b"no gzip"))).outcome is Outcome.WRONG_BODY
    assert ask(saying(answer(head, gzip.compress(b"[1]")))).json == [1]


def test_redirects_without_end() -> None:
    """A server that redirects for ever is HTTP_ERROR."""
    talk = saying(answer("302 Found\r\nLocation: /\r\nConnection: close"))
    got = ask(talk, connections=40)
    assert (got.status, got.outcome) == (0, Outcome.HTTP_ERROR)


def test_misuse_raises() -> None:
    """A base URL without a scheme is the caller's mistake and raises."""
    with pytest.raises(requests.exceptions.InvalidSchema):
        Http("127.0.0.1:80").get("/")


@pytest.mark.parametrize(("token", "expected"), [("", b""), ("abc", b"Authorization: Bearer abc")])
def test_the_token_is_sent(token: str, expected: bytes) -> None:
    """A token is sent as bearer token; without one no credentials are sent, also not from netrc."""
    heads: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        heads.append(connection.recv(65536))
        connection.sendall(answer("200 OK"))

    with serving(talk) as port:
        Http(f"http://127.0.0.1:{port}", token=token).post("/path", json={"a": 1})
    assert heads[0].startswith(b"POST /path HTTP/1.1")
    assert expected in heads[0]
    assert (b"Authorization" in heads[0]) is bool(token)


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment is not used."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    assert ask(saying(answer("200 OK"))).status == 200


@pytest.mark.parametrize(
    ("talk", "holds", "words"),
    [
        (saying(answer("204 No Content")), True, "204"),
        (saying(answer("301 Moved")), False, "301"),
        (saying(answer("503 X")), False, "503"),
        (saying(answer("200 OK", b"half", length=8)), False, "reset"),
        (until_hung_up, False, "timeout"),
    ],
    ids=["204", "301", "503", "half", "silent"],
)
def test_health(talk: Talk, holds: bool, words: str) -> None:
    """Healthy is a complete 2xx within the limit; the evidence says what came instead."""
    limit_s = SILENT_S if talk is until_hung_up else COMES_S_MAX
    with serving(talk) as port:
        client = Http(f"http://127.0.0.1:{port}", timeout_s=limit_s)
        seen = HealthProbe(client, "/health").look()
    assert seen.holds is holds
    assert seen.what == f"GET /health: {words}"


def test_health_of_a_dead_port(dead_port: int) -> None:
    """A dead port is not healthy, and raises nothing."""
    seen = HealthProbe(Http(f"http://127.0.0.1:{dead_port}"), "/health").look()
    assert not seen.holds
    assert seen.what == "GET /health: refused"
