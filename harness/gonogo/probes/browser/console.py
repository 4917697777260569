"""What the page says on the browser's console."""

from collections.abc import Iterable, Sequence
from typing import Any

from gonogo.vocabulary.events import ConsoleLine

# The browser asks for it by itself, whether the page names one or not.
_UNASKED = "/favicon.ico"


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
