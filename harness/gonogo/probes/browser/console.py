"""Lines of the browser's console."""

from collections.abc import Iterable, Sequence
from typing import Any

from gonogo.vocabulary.events import ConsoleLine

# The browser requests it by itself, also when the page names no icon.
_OWN_REQUEST = "/favicon.ico"


def read_console(raw: Iterable[Any], declared: Sequence[str]) -> list[ConsoleLine]:
    """The driver's log entries as lines, without those about the browser's own requests.

    Args:
        raw: entries with ``level``, ``source`` and ``message``.
        declared: texts; a line that contains one of them is expected.
    """
    lines = []
    for entry in raw:
        text = str(entry.get("message", ""))
        if text.split(" ", 1)[0].endswith(_OWN_REQUEST):
            continue
        expected = any(each in text for each in declared)
        lines.append(ConsoleLine(str(entry.get("level")), str(entry.get("source")), text, expected))
    return lines
