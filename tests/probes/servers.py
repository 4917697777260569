"""Servers that misbehave: each sends exactly the bytes that a test gives."""

import base64
import hashlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Talk = Callable[[socket.socket], None]
CONNECT_S_MAX = 60.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@contextmanager
def serving(talk: Talk, connections: int = 1) -> Iterator[int]:
    """The port of a server that calls ``talk`` with each connection, one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(CONNECT_S_MAX)

        def serve() -> None:
            for _ in range(connections):
                try:
                    connection, _ = listener.accept()
                except OSError:  # no client connected during the test
                    return
                connection.settimeout(CONNECT_S_MAX)
                with connection:
                    talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(CONNECT_S_MAX)
        assert not thread.is_alive()


def read_head(connection: socket.socket) -> bytes:
    """Read a request up to the empty line."""
    head = b""
    while b"\r\n\r\n" not in head:
        chunk = connection.recv(4096)
        if not chunk:
            break
        head += chunk
    return head


def saying(answer: bytes, *, then: Talk | None = None) -> Talk:
    """Read a request and answer these bytes."""

    def talk(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(answer)
        if then is not None:
            then(connection)

    return talk


def reset(connection: socket.socket) -> None:
    """End with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)


def until_hung_up(connection: socket.socket) -> None:
    """Send nothing until the client has closed."""
    try:
        while connection.recv(4096):
            continue
    except OSError:
        return


def upgrade(connection: socket.socket) -> None:
    """Accept a WebSocket."""
    head = read_head(connection)
    (key,) = (
        line.split(b":")[1].strip()
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"sec-websocket-key")
    )
    accept = base64.b64encode(hashlib.sha1(key + _MAGIC, usedforsecurity=False).digest())
    connection.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


def frame(opcode: int, data: bytes = b"", *, final: bool = True) -> bytes:
    """A short unmasked frame, as servers send them."""
    return bytes([opcode | (0x80 if final else 0), len(data)]) + data
