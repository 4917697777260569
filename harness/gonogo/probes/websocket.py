"""WebSocket probe: the messages that a client receives, each with a time limit."""

import contextlib
import json
import time
from typing import Any, Self

import websocket

from gonogo.vocabulary import Outcome

_HEARTBEAT = (websocket.ABNF.OPCODE_PING, websocket.ABNF.OPCODE_PONG)


class _Socket(websocket.WebSocket):
    """Keeps the close code of a peer that does not wait for our close frame."""

    def send_close(self, status: int = websocket.STATUS_NORMAL, reason: str | bytes = b"") -> None:
        with contextlib.suppress(OSError, websocket.WebSocketException):
            super().send_close(status, reason)


class WebSocketProbe:
    """One WebSocket connection, JSON messages both ways.

    Args:
        url: ``ws://host:port/path``.
        timeout_s: limit of connecting.

    After a close by the peer ``close_code`` holds its code (1006 when it gave none).
    ``outcome`` is OK once connected; ``status`` the HTTP status of a refused upgrade.
    """

    def __init__(self, url: str, *, timeout_s: float = 5.0) -> None:
        self.close_code: int | None = None
        self.outcome = Outcome.OK
        self.status = 101
        self.messages: list[Any] = []
        self._socket: websocket.WebSocket | None = None
        try:
            self._socket = websocket.create_connection(
                url,
                timeout=timeout_s,
                http_no_proxy=["127.0.0.1", "localhost"],
                class_=_Socket,
            )
        except websocket.WebSocketBadStatusException as error:
            self.status, self.outcome = error.status_code, Outcome.HTTP_ERROR
        except (TimeoutError, websocket.WebSocketTimeoutException):
            self.status, self.outcome = 0, Outcome.TIMEOUT
        except ConnectionRefusedError:
            self.status, self.outcome = 0, Outcome.REFUSED
        except (OSError, websocket.WebSocketException):
            self.status, self.outcome = 0, Outcome.RESET

    def send(self, message: Any) -> None:
        """Send JSON, or a string as it is; do nothing when the connection is closed."""
        if self._socket is None:
            return
        text = message if isinstance(message, str) else json.dumps(message)
        try:
            self._socket.send(text)
        except (OSError, websocket.WebSocketException):
            self._closed_by_peer(1006)

    def receive(self, timeout_s: float) -> Any:
        """The next message as JSON; None when none came in time or the peer closed."""
        end = time.monotonic() + timeout_s
        frame = self._next_frame(timeout_s)
        # A ping is not a message: the time limit continues.
        while frame is not None and frame[0] in _HEARTBEAT:
            frame = self._next_frame(end - time.monotonic())
        if frame is None:
            return None
        opcode, data = frame
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            self._closed_by_peer(int.from_bytes(data[:2], "big") if len(data) >= 2 else 1005)
            return None
        try:
            message = json.loads(data)
        except ValueError:
            message = data.decode(errors="replace")
        self.messages.append(message)
        return message

    def _next_frame(self, timeout_s: float) -> tuple[int, bytes] | None:
        if self._socket is None:
            return None
        self._socket.settimeout(max(timeout_s, 0.01))
        try:
            opcode, data = self._socket.recv_data(control_frame=True)
        except (TimeoutError, websocket.WebSocketTimeoutException):
            return None
        except (OSError, websocket.WebSocketException):
            self._closed_by_peer(1006)
            return None
        return opcode, data

    def until(self, wanted: str, *, key: str = "type", timeout_s: float) -> Any:
        """Read messages until the ``key`` of one equals ``wanted``; None after the limit."""
        end = time.monotonic() + timeout_s
        while self._socket is not None and (left := end - time.monotonic()) > 0:
            message = self.receive(left)
            if isinstance(message, dict) and message.get(key) == wanted:
                return message
        return None

    def until_closed(self, timeout_s: float) -> int | None:
        """Read messages until the peer closes; returns its close code, None after the limit."""
        end = time.monotonic() + timeout_s
        while self._socket is not None and (left := end - time.monotonic()) > 0:
            self.receive(left)
        return self.close_code

    def _closed_by_peer(self, code: int) -> None:
        self.close_code = code
        self.close()

    def close(self) -> None:
        """Close the connection without waiting for the peer."""
        if self._socket is not None:
            # Not ``close``: it waits for the peer, and does nothing after the peer has closed.
            self._socket.shutdown()  # type: ignore[no-untyped-call] # the library has types for half of its functions
            self._socket = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
