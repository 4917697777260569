"""Times as the api writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import overload


@overload
def iso(unix_ms: int) -> str: ...
@overload
def iso(unix_ms: None) -> None: ...
@overload
def iso(unix_ms: int | None) -> str | None: ...
def iso(unix_ms: int | None) -> str | None:
    """Return Unix milliseconds as ISO 8601 in UTC."""
    if unix_ms is None:
        return None
    moment = datetime.fromtimestamp(unix_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
