"""HTTP client of a load: login, setup, requests."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Self

from gonogo.target import SetupStep, TestUser
from gonogo_load.outcome import outcome_of_error
from gonogo_load.payload import fill_body, fill_path

# Shorter than the idle limit of any server seen (gunicorn: 2 s). Else a request sent while the
# server closes an idle connection would count as a reset.
_KEEPALIVE_S = 1.0
_NEVER_ROUND_S = 1e9
_SHOWN_CHARACTERS = 200


class SetupRefused(Exception):
    """The system refused a request that the load needs before it can begin."""


class Client:
    """An HTTP session against one base URL; an async context manager.

    It never retries. By default aiohttp sends a GET or PUT again when a kept connection breaks;
    that would hide a request that a killed service did not answer.

    Args:
        base_url: ``http://host:port``.
        timeout_s: limit of one request, from sending to the last byte.
    """

    def __init__(self, base_url: str, timeout_s: float) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout_s = timeout_s
        self.token = ""

    async def __aenter__(self) -> Self:
        # Every process of a run imports this package, few of them send: aiohttp is slow to import.
        import aiohttp  # noqa: PLC0415

        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEPALIVE_S),
            timeout=aiohttp.ClientTimeout(total=self._timeout_s, ceil_threshold=_NEVER_ROUND_S),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._session._retry_connection = False  # aiohttp has no public switch for it
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        authenticated: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Status and body of one request; redirects are not followed.

        Raises:
            Exception: any of the client's; ``outcome_of_error`` gives the outcome.
        """
        sent = dict(headers or {})
        if authenticated and self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        data = None
        if body is not None:
            sent["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        async with self._session.request(
            method, self._base_url + path, data=data, headers=sent, allow_redirects=False
        ) as response:
            return response.status, await response.read()

    async def log_in(self, user: TestUser) -> None:
        """Get the test user's bearer token.

        Raises:
            SetupRefused: the answer holds no token.
        """
        status, answer = await self._ask("POST", user.login_path, dict(user.body))
        token = user.token_pointer.resolve(answer)
        if not isinstance(token, str) or not token:
            # Not shown: the answer may hold a token at another place.
            raise SetupRefused(f"login: {status}, no token at {user.token_pointer}")
        self.token = token

    async def set_up(self, steps: Sequence[SetupStep]) -> dict[str, str]:
        """Make the requests before a load; returns the captured values by name.

        Raises:
            SetupRefused: an answer was not the expected one.
        """
        captures: dict[str, str] = {}
        for step in steps:
            path = fill_path(step.path, captures)
            status, answer = await self._ask(step.method, path, fill_body(step.body, captures))
            if status not in step.status:
                shown = str(answer)[:_SHOWN_CHARACTERS]
                raise SetupRefused(
                    f"{step.method} {path}: {status}, expected {step.status}: {shown}"
                )
            for name, pointer in step.capture.items():
                value = pointer.resolve(answer)
                if not isinstance(value, str | int):
                    raise SetupRefused(f"{step.method} {path}: nothing to capture at {pointer}")
                captures[name] = str(value)
        return captures

    async def _ask(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        try:
            status, content = await self.send(method, path, body=body)
        except Exception as error:
            outcome = outcome_of_error(error).name.lower()
            raise SetupRefused(f"{method} {path}: {outcome}: {error}") from error
        try:
            return status, json.loads(content)
        except ValueError:
            return status, None
