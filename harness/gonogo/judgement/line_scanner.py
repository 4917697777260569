"""The scanner of one objective: reads its tokens, and refuses it at a column."""

import re
from collections.abc import Iterable
from typing import NoReturn

from gonogo.vocabulary import UsageError

_SPACE = re.compile(r"\s*")


class LineScanner:
    """Reads a line from left to right; white space between tokens does not matter."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self._skip_space()

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """The text that ``pattern`` matches here, consumed; None when it does not match."""
        match = pattern.match(self.text, self.position)
        if match is None or not match.group():
            return None
        self.position = match.end()
        self._skip_space()
        return match.group()

    def take_literal(self, literal: str) -> bool:
        """Consume ``literal`` if it stands here."""
        found = self.text.startswith(literal, self.position)
        if found:
            self.position += len(literal)
            self._skip_space()
        return found

    def expect(self, literal: str, context: str) -> None:
        """Consume ``literal``.

        Raises:
            UsageError: something else stands here.
        """
        if not self.take_literal(literal):
            self.fail(f"expected {literal!r} {context}, found {self.rest()}")

    def rest(self) -> str:
        """What stands here, for a message."""
        rest = self.text[self.position :].strip()
        return repr(rest) if rest else "the end of the line"

    def fail(
        self,
        what: str,
        *,
        at: int | None = None,
        alternatives: Iterable[str] = (),
        hint: str = "",
    ) -> NoReturn:
        """Refuse the line.

        Raises:
            UsageError: always, with the column ``at`` (default: here) counted from 1.
        """
        column = (self.position if at is None else at) + 1
        raise UsageError(
            what,
            where=f"objective `{self.text.strip()}`, column {column}",
            alternatives=alternatives,
            hint=hint,
        )

    def _skip_space(self) -> None:
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position
