"""What the page says on the browser's console."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

_SEVERE = "SEVERE"
# The browser asks for it by itself, whether the page names one or not.
_UNASKED = "/favicon.ico"


@dataclass(frozen=True, slots=True)
class ConsoleLine:
    """One line.

    Attributes:
        level: ``SEVERE``, ``WARNING``, ``INFO`` or ``DEBUG``.
        source: ``javascript`` (an uncaught error), ``console-api``, ``security`` (a violation of
            the content security policy), ``network`` and others.
        text: the line.
        declared: the scenario said that it would come.
    """

    level: str
    source: str
    text: str
    declared: bool = False

    @property
    def wrong(self) -> bool:
        """Whether it is an error nobody declared."""
        return self.level == _SEVERE and not self.declared


def read_console(raw: Iterable[Any], declared: Sequence[str]) -> list[ConsoleLine]:
    """The driver's log entries as lines, without what the browser did unasked.

    Args:
        raw: entries with ``level``, ``source`` and ``message``.
        declared: texts; a line that contains one was expected.
    """
    lines = []
    for entry in raw:
        text = str(entry.get("message", ""))
        if text.split(" ", 1)[0].endswith(_UNASKED):
            continue
        expected = any(each in text for each in declared)
        lines.append(ConsoleLine(str(entry.get("level")), str(entry.get("source")), text, expected))
    return lines
