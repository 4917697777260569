"""The ``system`` fixture: the running system as a scenario sees it."""

import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from gonogo.backends import RunningSystem
from gonogo.probes import HealthProbe, Http, WebSocketProbe
from gonogo.target import Target
from gonogo.vocabulary import Evidence, UsageError

T = TypeVar("T")
POLL_S = 0.05
HEALTH_S_MAX = 2.0  # a system whose health path takes longer is not healthy


class SystemUnderTest:
    """Clients of the running system, and waits for its state.

    Args:
        target: what the system is.
        attached: the running system.
        run_dir: the run directory.
    """

    def __init__(self, target: Target, attached: RunningSystem, run_dir: Path) -> None:
        self.target = target
        self.attached = attached
        self.run_dir = run_dir
        self._open = ExitStack()
        self._health_client = self.http(timeout_s=HEALTH_S_MAX)

    def close(self) -> None:
        """Close every client that was opened here."""
        self._open.close()

    @property
    def base_url(self) -> str:
        """``http://host:port`` of the entry service."""
        host, port = self.attached.address(self.target.entry_service, self.target.entry_port)
        return f"http://{host}:{port}"

    def http(self, *, token: str = "", timeout_s: float = 10.0) -> Http:
        """A client of the entry service without credentials, or with ``token``."""
        client = Http(self.base_url, token=token, timeout_s=timeout_s)
        self._open.callback(client.close)
        return client

    def login(self) -> str:
        """A bearer token of the target's test user.

        Raises:
            UsageError: the target declares no test user.
            AssertionError: the system refused the login.
        """
        user = self.target.user
        if user is None:
            raise UsageError("the target declares no test user", where="x-harness.user")
        answer = self.http().post(user.login_path, json=dict(user.body))
        token = user.token_pointer.resolve(answer.json)
        if not isinstance(token, str) or not token:
            raise AssertionError(
                f"login of the test user: {answer.status or answer.outcome.name}, no token at "
                f"{user.token_pointer}"
            )
        return token

    def user_http(self, *, timeout_s: float = 10.0) -> Http:
        """A client with the token of the target's test user."""
        return self.http(token=self.login(), timeout_s=timeout_s)

    def websocket(self, query: str = "", *, timeout_s: float = 5.0) -> WebSocketProbe:
        """A WebSocket to the target's declared path."""
        url = self.base_url.replace("http://", "ws://", 1) + self.target.websocket_path
        socket = WebSocketProbe(url + query, timeout_s=timeout_s)
        self._open.callback(socket.close)
        return socket

    def health(self) -> Evidence:
        """One request to the health path."""
        return HealthProbe(self._health_client, self.target.health_path).look()

    def unique(self, prefix: str) -> str:
        """A name that no other scenario of the run uses."""
        return f"{prefix}-{uuid.uuid4().hex[:12]}"

    def wait_for(self, what: str, look: Callable[[], T | None], *, timeout_s: float) -> T:
        """Call ``look`` until its answer is truthy; returns that answer.

        Raises:
            AssertionError: no answer was truthy within the limit.
        """
        end = time.monotonic() + timeout_s
        while True:
            seen = look()
            if seen:
                return seen
            if time.monotonic() > end:
                raise AssertionError(f"{what}: not within {timeout_s:g} s, last seen {seen!r}")
            time.sleep(POLL_S)
