"""Keys and values of requests; the reader of the ledger computes the same ones again."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Payload:
    """Values for the placeholders of one load.

    They depend on the run: on a system that outlives a run, a write of an earlier run with the
    same seed must not hide a write that this run lost.
    """

    run: str
    load: str
    seed: int

    def key(self, seq: int) -> str:
        """Key of the write ``seq``; unique and safe in a path."""
        return f"k{self._digest('key', seq, 8)}-{seq}"

    def value(self, seq: int) -> str:
        """Value of the write ``seq``; the system can have it only from the request itself."""
        return self._digest("value", seq, 16)

    def request_id(self, seq: int) -> str:
        """Id that is sent with the request, for the service's logs."""
        return f"{self.load}-{seq}"

    def idempotency_key(self, seq: int) -> str:
        """The same for every attempt at one write, and different for any other write."""
        return f"{self.run}-{self.load}-{seq}"

    def fillings(self, seq: int, captures: Mapping[str, str]) -> dict[str, str]:
        """Text by placeholder for request ``seq``."""
        return {
            **captures,
            "key": self.key(seq),
            "value": self.value(seq),
            "seq": str(seq),
        }

    def _digest(self, what: str, seq: int, size: int) -> str:
        text = f"{what}:{self.run}:{self.load}:{self.seed}:{seq}"
        return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()


def fill_path(template: str, fillings: Mapping[str, str]) -> str:
    """A path with its placeholders filled, percent-encoded where a path needs it."""
    return _PLACEHOLDER.sub(lambda found: quote(_filling(found, fillings), safe=""), template)


def fill_body(template: Any, fillings: Mapping[str, str]) -> Any:
    """A JSON value with the placeholders in its strings filled."""
    if isinstance(template, str):
        return _PLACEHOLDER.sub(lambda found: _filling(found, fillings), template)
    if isinstance(template, Mapping):
        return {
            str(fill_body(key, fillings)): fill_body(value, fillings)
            for key, value in template.items()
        }
    if isinstance(template, list | tuple):
        return [fill_body(item, fillings) for item in template]
    return template


def _filling(found: re.Match[str], fillings: Mapping[str, str]) -> str:
    # Other braces belong to the request and stay.
    return fillings.get(found[1], found[0])
