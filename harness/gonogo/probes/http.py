"""HTTP probe: one exchange as a client sees it. Errors of the target are data, not exceptions."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from gonogo.vocabulary import Evidence, Outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """How one request ended.

    Attributes:
        status: HTTP status, 0 when no answer came.
        headers: of the answer, names as sent; ``header`` finds one by its name in any case.
        body: raw bytes.
        elapsed_s: from sending to the whole body.
        outcome: OK for any complete answer; else TIMEOUT, REFUSED, RESET (also in the middle of
            the body), WRONG_BODY (not in the encoding that the header names) or HTTP_ERROR
            (too many redirects).
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    elapsed_s: float = 0.0
    outcome: Outcome = Outcome.OK

    @property
    def json(self) -> Any:
        """The body as JSON; None when it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def media_type(self) -> str:
        """Content type without parameters, in lower case."""
        return self.header("Content-Type").partition(";")[0].strip().lower()

    def header(self, name: str) -> str:
        """A header by its name in any case; ``""`` when absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), "")


class Http:
    """A client of one base URL. Not thread-safe: use one in each thread.

    Args:
        base_url: ``http://host:port``.
        timeout_s: limit of connecting and of each read.
        token: bearer token, ``""`` for none.
    """

    def __init__(self, base_url: str, *, timeout_s: float = 10.0, token: str = "") -> None:
        self.base_url = base_url
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.trust_env = False
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **options: Any) -> Answer:
        """GET."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> Answer:
        """POST."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> Answer:
        """PUT."""
        return self.request("PUT", path, **options)

    def request(self, method: str, path: str, **options: Any) -> Answer:
        """Send one request; ``options`` are those of ``requests.Session.request``."""
        began = time.monotonic()
        options.setdefault("timeout", self._timeout_s)
        try:
            got = self._session.request(method, self.base_url + path, **options)
        except requests.RequestException as error:
            outcome = _outcome(error)
            if outcome is None:
                raise
            return Answer(0, elapsed_s=time.monotonic() - began, outcome=outcome)
        return Answer(
            status=got.status_code,
            headers=dict(got.headers),
            body=got.content,
            elapsed_s=time.monotonic() - began,
        )

    def close(self) -> None:
        """Close kept-alive connections."""
        self._session.close()


def _outcome(error: requests.RequestException) -> Outcome | None:
    """What the target did; None when the request itself was not valid."""
    text = str(error)
    if isinstance(error, requests.Timeout):
        return Outcome.TIMEOUT
    if isinstance(error, requests.TooManyRedirects):
        return Outcome.HTTP_ERROR
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return Outcome.WRONG_BODY
    if not isinstance(error, (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        return None
    if "Connection refused" in text:
        return Outcome.REFUSED
    return Outcome.TIMEOUT if "timed out" in text.lower() else Outcome.RESET


@dataclass(frozen=True, slots=True)
class HealthProbe:
    """Holds while ``path`` answers 2xx within the limit."""

    client: Http
    path: str
    name: str = "health"

    def look(self) -> Evidence:
        """One GET."""
        answer = self.client.get(self.path)
        what = f"GET {self.path}: {answer.status or answer.outcome.name.lower()}"
        return Evidence(200 <= answer.status < 300, what, {"elapsed_s": answer.elapsed_s})
