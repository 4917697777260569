"""The client of the shop's GraphQL API; it respects the API's limits."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from swarm.feed.pacing import Pacing, retry_after_s

API_PATH = "/admin/api/2026-10/graphql.json"
TOKEN_HEADER = "X-Shopify-Access-Token"  # noqa: S105 - the name of a header
CONNECT_S_MAX = 3.0
# Shopify's API gives up a request after this time.
ANSWER_S_MAX = 10.0
# After so many refusals in a row the shop counts as unavailable.
REFUSALS_MAX = 30
FAILURES_MAX = 6
BACKOFF_BASE_S, BACKOFF_MAX_S = 0.2, 10.0


class ShopError(Exception):
    """The shop cannot be used now; a later try may succeed."""


class ShopRefused(Exception):
    """The shop refuses this request for good; a retry does not help."""


class Uncertain(Exception):
    """No usable answer: whether the shop has applied the request is unknown."""


@dataclass(slots=True)
class ShopFigures:
    """Counts of requests, retries and waiting."""

    requests: int = 0
    throttled: int = 0
    too_many: int = 0
    uncertain: int = 0
    waited_s: float = 0.0


class ShopClient:
    """One shop.

    Args:
        url: ``http://host:port`` of the shop.
        token: access token, sent as a header and never logged.
        rng: jitter of the delays.
        sleep: waits; tests pass their own.
    """

    def __init__(
        self,
        url: str,
        token: str,
        rng: random.Random,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url.rstrip("/") + API_PATH
        self._session = requests.Session()
        # No proxy from the environment: it would see the token.
        self._session.trust_env = False
        self._session.headers[TOKEN_HEADER] = token
        self._rng = rng
        self._sleep = sleep
        self._pacing = Pacing()
        self.figures = ShopFigures()

    def close(self) -> None:
        """Close its connections."""
        self._session.close()

    def read(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Run a query and retry when no answer came; raises ShopError, ShopRefused."""
        for failures in range(FAILURES_MAX):
            try:
                return self.write(query, variables)
            except Uncertain as error:
                reason = str(error)
                self.back_off(failures)
        raise ShopError(f"no answer in {FAILURES_MAX} tries: {reason}")

    def write(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Run a mutation once; raises Uncertain when it is unknown whether it was done.

        After THROTTLED and 429, where nothing was applied, it waits as the shop asks and retries.
        """
        for _ in range(REFUSALS_MAX):
            self._wait(self._pacing.delay_s(query))
            answer = self._send(query, variables)
            if answer is not None:
                return answer
        raise ShopError(f"the shop refused {REFUSALS_MAX} times in a row: it is too busy")

    def back_off(self, failures: int) -> None:
        """Wait before trying again, exponentially longer, half of it random."""
        delay_s = min(BACKOFF_MAX_S, BACKOFF_BASE_S * 2**failures)
        self._wait(delay_s * (0.5 + self._rng.random() / 2))

    def _send(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        """Send once; None when the shop refused for now, after the delay it asked for."""
        self.figures.requests += 1
        try:
            answer = self._session.post(
                self._url,
                json={"query": query, "variables": variables},
                timeout=(CONNECT_S_MAX, ANSWER_S_MAX),
            )
        except requests.RequestException as error:
            self.figures.uncertain += 1
            raise Uncertain(type(error).__name__) from None
        if answer.status_code == 429:
            self.figures.too_many += 1
            self._wait(retry_after_s(answer.headers.get("Retry-After")) * self._stretch())
            return None
        if answer.status_code >= 500:
            self.figures.uncertain += 1
            raise Uncertain(f"HTTP {answer.status_code}")
        if answer.status_code != 200:
            raise ShopRefused(f"HTTP {answer.status_code}: {answer.text[:200]}")
        return self._read_body(query, answer)

    def _read_body(self, query: str, answer: requests.Response) -> dict[str, Any] | None:
        try:
            document = answer.json()
        except requests.JSONDecodeError:
            self.figures.uncertain += 1
            raise Uncertain("the answer is not JSON") from None
        self._pacing.learn(query, document)
        errors = document.get("errors")
        if not errors:
            data: dict[str, Any] = document["data"]
            return data
        if _codes(errors) == {"THROTTLED"}:
            self.figures.throttled += 1
            self._wait(self._pacing.throttled_s() * self._stretch())
            return None
        raise ShopRefused("; ".join(str(error.get("message")) for error in errors)[:500])

    def _stretch(self) -> float:
        # Never earlier than asked, and with jitter, so that clients do not all come back together.
        return 1 + self._rng.random() / 10

    def _wait(self, delay_s: float) -> None:
        if delay_s > 0:
            self.figures.waited_s += delay_s
            self._sleep(delay_s)


def _codes(errors: list[dict[str, Any]]) -> set[str | None]:
    return {(error.get("extensions") or {}).get("code") for error in errors}
