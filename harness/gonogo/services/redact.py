"""Secrets never reach an event, a message or a file of ours."""

from collections.abc import Mapping
from urllib.parse import quote


class Redactor:
    """Replaces secret values by their names.

    Args:
        secrets: name of a variable to its value; empty values are ignored.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        spellings = {
            spelling: name
            for name, value in secrets.items()
            if value
            for spelling in (value, quote(value, safe=""))
        }
        # Longest first: one secret may contain another.
        self._spellings = sorted(spellings.items(), key=lambda item: -len(item[0]))

    def __call__(self, text: str) -> str:
        """The text with ``[NAME]`` in place of each secret, plain or percent-encoded."""
        for value, name in self._spellings:
            text = text.replace(value, f"[{name}]")
        return text
