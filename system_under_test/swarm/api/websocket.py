"""The WebSocket: authenticate, subscribe to jobs, receive their events.

Close codes: 4400 bad frame, 4401 no or bad token, 4429 too slow, 1001 going away,
1013 too many sockets or Redis away.
"""

from __future__ import annotations

import contextlib
import json
import math
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Literal

import structlog
from flask import Flask, request
from flask_sock import Sock  # type: ignore[import-untyped]  # it ships no types
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from simple_websocket import ConnectionClosed, Server  # type: ignore[import-untyped]  # nor this

from swarm.api.hub import Hub
from swarm.api.models import EventId
from swarm.api.security import Caller, check_token
from swarm.api.services import Services, services
from swarm.api.subscriber import Close, Item, Note, Replay, Subscriber, event_message
from swarm.api.tokens import BadToken
from swarm.memory import Event, TokenRevoked, TooMany
from swarm.store import StoreUnavailable

# A client that connects without a token must send one within this time.
AUTH_S_MAX = 3.0
MESSAGE_BYTES_MAX = 16_384
PING_EVERY_S = 25
# How often a waiting thread checks whether the connection is still open.
CHECK_S = 1.0

_log = structlog.get_logger()


class _Frame(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Auth(_Frame):
    type: Literal["auth"]
    token: str


class _Subscribe(_Frame):
    type: Literal["subscribe"]
    job_id: str = Field(min_length=1, max_length=64)
    last_event_id: EventId | None = None


class _Unsubscribe(_Frame):
    type: Literal["unsubscribe"]
    job_id: str = Field(min_length=1, max_length=64)


_AUTH: TypeAdapter[_Auth] = TypeAdapter(_Auth)
_COMMAND: TypeAdapter[_Subscribe | _Unsubscribe] = TypeAdapter(_Subscribe | _Unsubscribe)


class _Refused(Exception):
    """The connection ends with this close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.close = Close(code, reason)


def register_socket(app: Flask, hub: Hub, sockets_max: int, stall_s: float) -> None:
    """Serve ``/ws``.

    Of what a client is sent nothing may lie unread for longer than ``stall_s``.
    """
    # A socket occupies a thread from the start, also before it has authenticated.
    slots = threading.BoundedSemaphore(sockets_max)
    app.config["SOCK_SERVER_OPTIONS"] = {
        "ping_interval": PING_EVERY_S,
        "max_message_size": MESSAGE_BYTES_MAX,
    }

    def serve(ws: Server) -> None:
        if not slots.acquire(blocking=False):
            _close(ws, Close(1013, "too many sockets"))
            return
        try:
            _limit_stall(ws, stall_s)
            _serve(ws, hub)
        finally:
            slots.release()

    Sock(app).route("/ws", endpoint="socket")(serve)


def _limit_stall(ws: Server, stall_s: float) -> None:
    # A send to a client that reads nothing blocks for ever, and so does the close frame. A timeout
    # of the send would leave half a frame on the connection. TCP_USER_TIMEOUT ends the
    # connection for every thread that waits on it.
    limit_ms = math.ceil(stall_s * 1000)
    # The connection may have ended already; then the first read fails.
    with contextlib.suppress(OSError):
        ws.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, limit_ms)


def _serve(ws: Server, hub: Hub) -> None:
    subscriber = Subscriber()
    try:
        caller = _authenticate(ws)
        if not hub.attach(subscriber):
            raise _Refused(1013, "Redis is away")
    except _Refused as refused:
        _close(ws, refused.close)
        return
    connection = _Connection(ws, hub, subscriber, caller, services())
    try:
        connection.serve()
    finally:
        hub.detach(subscriber)


def _authenticate(ws: Server) -> Caller:
    text = request.args.get("token")
    try:
        if text is None:
            frame = ws.receive(timeout=AUTH_S_MAX)
            if not isinstance(frame, str):
                raise _Refused(4401, "a token is needed")
            text = _AUTH.validate_json(frame).token
        return check_token(text)
    except ValidationError:
        raise _Refused(4401, "the first message must carry a token") from None
    except (BadToken, TokenRevoked):
        raise _Refused(4401, "the token is not valid") from None
    except (StoreUnavailable, TooMany):
        raise _Refused(1013, "try again later") from None


def _close(ws: Server, close: Close) -> None:
    with contextlib.suppress(ConnectionClosed, OSError):
        ws.close(close.code, close.reason)
    # Closing the connection before the client has read the close frame could lose the frame.
    ws.thread.join(CHECK_S)


class _Connection:
    """One client: this thread receives, a second one sends, so that neither blocks the other."""

    def __init__(
        self, ws: Server, hub: Hub, subscriber: Subscriber, caller: Caller, found: Services
    ) -> None:
        self._ws = ws
        self._hub = hub
        self._subscriber = subscriber
        self._caller = caller
        self._found = found

    def serve(self) -> None:
        """Answer commands until the connection ends."""
        sender = threading.Thread(target=self._send_all, name="socket-sender", daemon=True)
        self._subscriber.put(Note({"type": "authenticated"}))
        sender.start()
        try:
            while self._ws.connected:
                frame = self._ws.receive(timeout=CHECK_S)
                if frame is not None:
                    self._command(frame)
        except _Refused as refused:
            self._subscriber.put(refused.close)
        except ConnectionClosed:
            self._subscriber.put(Close(1000, ""))
        sender.join(CHECK_S * 2)

    def _command(self, frame: str | bytes) -> None:
        try:
            if isinstance(frame, bytes):
                raise _Refused(4400, "binary frames are not accepted")
            command = _COMMAND.validate_json(frame)
        except ValidationError:
            raise _Refused(4400, "the frame is not a command") from None
        if isinstance(command, _Unsubscribe):
            self._subscriber.forget(command.job_id)
            self._note(type="unsubscribed", job_id=command.job_id)
            return
        try:
            owner = self._found.jobs.owner(command.job_id)
        except StoreUnavailable:
            self._note(type="error", code="unavailable", job_id=command.job_id)
            return
        if owner is None or not self._caller.may_see(owner):
            self._note(type="error", code="not_found", job_id=command.job_id)
            return
        self._hub.subscribe(self._subscriber, command.job_id, command.last_event_id)

    def _note(self, **message: Any) -> None:
        self._subscriber.put(Note(message))

    def _send_all(self) -> None:
        expires_s = time.monotonic() + self._caller.token.left_s
        try:
            while self._ws.connected:
                item = self._subscriber.next(CHECK_S)
                if time.monotonic() > expires_s:
                    item = Close(4401, "the token has expired")
                if isinstance(item, Close):
                    _close(self._ws, item)
                    return
                if item is not None:
                    self._send_item(item, self._send)
        except (ConnectionClosed, OSError):
            # The client is gone; the receiving thread notices it as well.
            return
        except StoreUnavailable:
            # A replay could not be read; the client reconnects with its last event id.
            _close(self._ws, Close(1013, "Redis is away"))

    def _send_item(self, item: Item, send: Callable[[dict[str, Any]], None]) -> None:
        if isinstance(item, Event):
            message = event_message(item)
            if message is not None:
                send(message)
        elif isinstance(item, Note):
            send(item.message)
        elif isinstance(item, Replay):
            send(
                {
                    "type": "subscribed",
                    "job_id": item.job_id,
                    "truncated": item.after is not None
                    and item.after not in ("0", "0-0")
                    and not self._hub.reaches_back_to(item.after),
                }
            )
            for event in self._hub.replay(item):
                self._send_item(event, send)

    def _send(self, message: dict[str, Any]) -> None:
        self._ws.send(json.dumps(message))
