"""JSON pointers (RFC 6901)."""

from typing import Any

MISSING = object()


def resolve(document: Any, pointer: str) -> Any:
    """The value ``pointer`` leads to, ``MISSING`` when it leads nowhere."""
    value = document
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(key, MISSING)
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return MISSING
    return value
