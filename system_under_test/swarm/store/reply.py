"""What a script answered, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from swarm.store.errors import Conflict, Ended, KeyOutdated, KeyReused, Missing


@dataclass(frozen=True, slots=True)
class Reply:
    """The outcome, and the values that come with it.

    A value is a text, a whole number, None, or a list of values. Redis has no type for a hash
    here: it is a list in which names and values take turns.
    """

    outcome: str
    values: dict[str, object]

    @classmethod
    def parse(cls, flat: list[object]) -> Reply:
        """Build a reply from the list that the Lua function ``reply`` returns."""
        values = dict(zip(cast("list[str]", flat[::2]), flat[1::2], strict=True))
        return cls(str(values.pop("outcome")), values)

    def require_ok(self) -> Reply:
        """Return this reply when the outcome is ``ok``; raises what the script refused."""
        if self.outcome == "ok":
            return self
        if self.outcome == "missing":
            raise Missing
        if self.outcome == "conflict":
            raise Conflict(self.number("version"))
        if self.outcome == "ended":
            raise Ended(self.text("state"))
        if self.outcome == "reused":
            raise KeyReused
        if self.outcome == "outdated":
            raise KeyOutdated
        raise RuntimeError(f"the script answered {self.outcome!r}")

    def text(self, name: str) -> str:
        """Return a text."""
        return str(self.values[name])

    def number(self, name: str) -> int:
        """Return a whole number; Redis stores numbers as decimal text."""
        return int(cast("str | int", self.values[name]))

    def texts(self, name: str) -> list[str]:
        """Return a list of texts."""
        return cast("list[str]", self.values[name])

    def text_lists(self, name: str) -> list[list[str]]:
        """Return a list of lists of texts."""
        return cast("list[list[str]]", self.values[name])

    def fields(self, name: str) -> dict[str, str]:
        """Return a hash."""
        return _pairs(self.texts(name))

    def rows(self, name: str) -> list[list[str | None]]:
        """Return a list of lists of texts; a text that is not there is None."""
        return cast("list[list[str | None]]", self.values[name])

    def hashes(self, name: str) -> list[dict[str, str]]:
        """Return a list of hashes."""
        return [_pairs(flat) for flat in self.text_lists(name)]


def _pairs(flat: list[str]) -> dict[str, str]:
    return dict(zip(flat[::2], flat[1::2], strict=True))
