"""Fault injection, seeded: the same sequence of requests meets the same faults."""

from __future__ import annotations

import random
import threading
from collections import Counter

from pydantic import BaseModel, ConfigDict, Field

KINDS = ("too_many_requests", "server_error", "throttled", "slow", "lost_answer")


class FaultSettings(BaseModel):
    """Fractions (0 to 1) of the requests that meet each fault, and handles with a fault.

    Attributes:
        seed: of the random draw for each request.
        too_many_requests: answered 429 with Retry-After, not done.
        server_error: answered 502, not done.
        throttled: answered THROTTLED although the bucket holds enough, not done: as if another
            client of the same shop had emptied it.
        slow: done at once, answered after ``slow_ms``.
        lost_answer: done, but answered 504.
        user_error_handles: refused with a userError.
        drop_handles: acknowledged, but not kept.
        alter_price_handles: kept with another price.
    """

    model_config = ConfigDict(extra="forbid")

    seed: int = 1
    too_many_requests: float = Field(default=0.0, ge=0, le=1)
    server_error: float = Field(default=0.0, ge=0, le=1)
    throttled: float = Field(default=0.0, ge=0, le=1)
    slow: float = Field(default=0.0, ge=0, le=1)
    lost_answer: float = Field(default=0.0, ge=0, le=1)
    slow_ms: float = Field(default=300.0, ge=0, le=60_000)
    retry_after_s: float = Field(default=0.2, ge=0, le=60)
    user_error_handles: frozenset[str] = frozenset()
    drop_handles: frozenset[str] = frozenset()
    alter_price_handles: frozenset[str] = frozenset()


class Faults:
    """Decides for each request; counts what it decided."""

    def __init__(self, settings: FaultSettings) -> None:
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        self.configure(settings)

    def configure(self, settings: FaultSettings) -> None:
        """Restart the random sequence with other settings."""
        with self._lock:
            self.settings = settings
            self._rng = random.Random(settings.seed)  # noqa: S311 - repeatable on purpose

    def draw(self) -> str:
        """Return the fault the next request meets, '' for none."""
        with self._lock:
            number = self._rng.random()
            for kind in KINDS:
                share = float(getattr(self.settings, kind))
                if number < share:
                    self.counts[kind] += 1
                    return kind
                number -= share
        return ""
