"""The place a feed comes from."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


class SourceAway(Exception):
    """The source did not answer; a later try may succeed."""


def without_password(source: str) -> str:
    """Return a source as it may be shown: without user, password and query."""
    if source.startswith("file:"):
        return source
    at = urlsplit(source)
    host = at.netloc.rpartition("@")[2]
    return urlunsplit((at.scheme, host, at.path, "", ""))
