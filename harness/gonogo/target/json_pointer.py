"""JSON pointers (RFC 6901): the only way a value is taken out of an answer."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonpointer

MISSING = object()


@dataclass(frozen=True, slots=True)
class JsonPointer:
    """Where a value stands in a JSON document.

    Attributes:
        text: as the target file has it, such as ``/tokens/0/value``; ``""`` is the whole document.

    Raises:
        ValueError: the text is not a JSON pointer.
    """

    text: str

    def __post_init__(self) -> None:
        try:
            _parsed(self.text)
        except jsonpointer.JsonPointerException as error:
            raise ValueError(f"{self.text!r} is not a JSON pointer: {error}") from error

    def __str__(self) -> str:
        return self.text

    def resolve(self, document: Any) -> Any:
        """The value at this place of the document, ``MISSING`` when there is none."""
        value = _parsed(self.text).resolve(document, MISSING)
        # The library gives this object for "-", the element after the last of a list.
        return MISSING if isinstance(value, jsonpointer.EndOfList) else value


@lru_cache
def _parsed(text: str) -> jsonpointer.JsonPointer:
    return jsonpointer.JsonPointer(text)


WHOLE_DOCUMENT = JsonPointer("")
