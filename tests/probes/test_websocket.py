"""WebSocketProbe on a real server and on peers that break the rules."""

import json
import socket
import struct
import threading
from collections.abc import Iterator

import pytest
import simple_websocket
from flask import Flask, request
from flask_sock import Sock
from werkzeug.serving import make_server

from gonogo.linux import wait_until
from gonogo.probes import WebSocketProbe
from gonogo.vocabulary import Outcome
from tests.probes.servers import Talk, frame, reset, saying, serving, until_hung_up, upgrade

SILENT_S = 0.3  # limit for a peer that never answers
LIMIT_S = 60.0  # limit for an answer that comes, on a busy machine
TEXT, CONTINUED, CLOSE, PING = 0x1, 0x0, 0x8, 0x9


def _app() -> Flask:
    app = Flask(__name__)
    sock = Sock(app)

    def echo(ws: simple_websocket.Server) -> None:
        while True:
            ws.send(ws.receive())

    def closes(ws: simple_websocket.Server, code: int) -> None:
        ws.send(json.dumps({"type": "bye"}))
        ws.close(code)

    sock.route("/echo")(echo)
    sock.route("/closes/<int:code>")(closes)
    app.before_request(lambda: ("no", 403) if request.path == "/forbidden" else None)
    return app


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """``ws://host:port`` of a Flask application."""
    made = make_server("127.0.0.1", 0, _app(), threaded=True)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"ws://127.0.0.1:{made.server_port}"
    made.shutdown()
    thread.join(LIMIT_S)


def url(port: int) -> str:
    """URL of a server in this process."""
    return f"ws://127.0.0.1:{port}/"


def after_upgrade(*frames: bytes, then: Talk | None = None) -> Talk:
    """Accept, send these frames, and keep the connection open."""

    def talk(connection: socket.socket) -> None:
        upgrade(connection)
        for each in frames:
            connection.sendall(each)
        if then is not None:
            then(connection)

    return talk


def test_messages_go_both_ways(server: str) -> None:
    """JSON and plain text come back as sent, and are kept in order."""
    with WebSocketProbe(f"{server}/echo") as probe:
        assert (probe.outcome, probe.status, probe.close_code) == (Outcome.OK, 101, None)
        probe.send({"type": "one", "n": 1})
        assert probe.receive(LIMIT_S) == {"type": "one", "n": 1}
        probe.send("no JSON")
        assert probe.receive(LIMIT_S) == "no JSON"
        assert probe.messages == [{"type": "one", "n": 1}, "no JSON"]


def test_until_reads_on(server: str) -> None:
    """``until`` keeps the messages that it skips."""
    with WebSocketProbe(f"{server}/echo") as probe:
        for message in ({"type": "a"}, ["no object"], {"kind": "b", "type": "c"}):
            probe.send(message)
        assert probe.until("b", key="kind", timeout_s=LIMIT_S) == {"kind": "b", "type": "c"}
        assert len(probe.messages) == 3


def test_silence_has_a_limit(server: str) -> None:
    """No message within the limit is None, and the connection stays open."""
    with WebSocketProbe(f"{server}/echo") as probe:
        assert probe.receive(0.05) is None
        assert probe.until("never", timeout_s=0.05) is None
        assert probe.until_closed(0.05) is None
        probe.send("still here")
        assert probe.receive(LIMIT_S) == "still here"


@pytest.mark.parametrize("code", [1000, 1008, 4001])
def test_close_code(server: str, code: int) -> None:
    """The peer's close code is known after all its messages were read."""
    with WebSocketProbe(f"{server}/closes/{code}") as probe:
        assert probe.until_closed(LIMIT_S) == code
        assert probe.messages == [{"type": "bye"}]
        assert probe.receive(LIMIT_S) is None
        assert probe.until("bye", timeout_s=LIMIT_S) is None
        probe.send("nobody is there")
        assert probe.close_code == code


@pytest.mark.parametrize(("path", "status"), [("/forbidden", 403), ("/nowhere", 404)])
def test_a_refused_upgrade(server: str, path: str, status: int) -> None:
    """A refused upgrade is HTTP_ERROR with its status; later calls raise nothing."""
    with WebSocketProbe(server + path) as probe:
        assert (probe.outcome, probe.status) == (Outcome.HTTP_ERROR, status)
        probe.send("nothing")
        assert probe.receive(LIMIT_S) is None
        assert probe.until_closed(LIMIT_S) is None


def test_connecting_to_a_closed_port() -> None:
    """A dead port is REFUSED."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        probe = WebSocketProbe(url(bound.getsockname()[1]))
    assert (probe.outcome, probe.status) == (Outcome.REFUSED, 0)


@pytest.mark.parametrize(
    ("talk", "outcome"),
    [
        (until_hung_up, Outcome.TIMEOUT),
        (saying(b""), Outcome.RESET),
        (saying(b"", then=reset), Outcome.RESET),
        (saying(b"no HTTP at all\r\n\r\n"), Outcome.RESET),
        (saying(b"HTTP/1.1 101 X\r\n\r\n"), Outcome.RESET),
    ],
    ids=["silent", "fin", "rst", "nonsense", "half-upgrade"],
)
def test_a_broken_upgrade(talk: Talk, outcome: Outcome) -> None:
    """A peer that closes, hangs or sends nonsense during the upgrade raises nothing."""
    limit_s = SILENT_S if outcome is Outcome.TIMEOUT else LIMIT_S
    with serving(talk) as port, WebSocketProbe(url(port), timeout_s=limit_s) as probe:
        assert (probe.outcome, probe.status) == (outcome, 0)


@pytest.mark.parametrize(
    ("talk", "code"),
    [
        (after_upgrade(), 1006),
        (after_upgrade(then=reset), 1006),
        (after_upgrade(frame(CLOSE), then=until_hung_up), 1005),
        (after_upgrade(frame(TEXT, b"\xff\xfe"), then=until_hung_up), 1006),
        (after_upgrade(frame(0x3, b"reserved"), then=until_hung_up), 1006),
        (after_upgrade(frame(CONTINUED, b"of nothing"), then=until_hung_up), 1006),
    ],
    ids=["fin", "rst", "close-without-code", "bad-text", "bad-opcode", "bad-continuation"],
)
def test_gone_without_a_code(talk: Talk, code: int) -> None:
    """A peer that closes without a code is 1005 or 1006, as is one that breaks the protocol."""
    with serving(talk) as port, WebSocketProbe(url(port)) as probe:
        assert probe.outcome is Outcome.OK
        assert probe.until_closed(LIMIT_S) == code
        assert probe.messages == []


def test_the_code_of_a_peer_that_is_gone() -> None:
    """The close code is known although the peer reset the connection right after sending it."""
    reached, gone = threading.Event(), threading.Event()

    def talk(connection: socket.socket) -> None:
        upgrade(connection)
        assert reached.wait(LIMIT_S)
        connection.sendall(frame(CLOSE, struct.pack("!H", 4001)))
        connection.close()  # with a message unread: the kernel sends RST
        gone.set()

    with serving(talk) as port, WebSocketProbe(url(port)) as probe:
        probe.send("never read")
        reached.set()
        assert gone.wait(LIMIT_S)
        assert probe.until_closed(LIMIT_S) == 4001


def test_sending_to_a_peer_that_is_gone() -> None:
    """Sending after the peer has closed raises nothing; the close is noticed."""
    gone = threading.Event()

    def go(connection: socket.socket) -> None:
        reset(connection)
        connection.close()
        gone.set()

    with serving(after_upgrade(then=go)) as port, WebSocketProbe(url(port)) as probe:
        assert gone.wait(LIMIT_S)

        def noticed() -> bool:
            probe.send("x")
            return probe.close_code is not None

        assert wait_until(noticed, LIMIT_S)
        assert probe.close_code == 1006


def test_heartbeats_do_not_extend_the_limit() -> None:
    """Endless pings are no message: the limit holds."""
    hung_up = threading.Event()

    def pings(connection: socket.socket) -> None:
        upgrade(connection)
        try:
            while not hung_up.wait(0.02):
                connection.sendall(frame(PING, b"?"))
        except OSError:
            return

    with serving(pings) as port, WebSocketProbe(url(port)) as probe:
        answered = threading.Event()

        def receive() -> None:
            assert probe.receive(0.2) is None
            answered.set()

        reader = threading.Thread(target=receive, daemon=True)
        reader.start()
        in_time = answered.wait(LIMIT_S)
        hung_up.set()
        reader.join(LIMIT_S)
    assert in_time


def test_a_heartbeat_is_answered_and_is_no_message() -> None:
    """A ping gets its pong; messages around and between fragments arrive complete."""
    pongs: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        upgrade(connection)
        connection.sendall(
            frame(TEXT, b'{"type":', final=False) + frame(PING, b"?") + frame(CONTINUED, b'"x"}')
        )
        pongs.append(connection.recv(64))
        until_hung_up(connection)

    with serving(talk) as port, WebSocketProbe(url(port)) as probe:
        assert probe.receive(LIMIT_S) == {"type": "x"}
        assert probe.messages == [{"type": "x"}]
    assert pongs[0][0] == 0x8A
