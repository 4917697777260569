"""Request bodies: their size and type are checked before anything parses them."""

from __future__ import annotations

import io
import time

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

BODY_BYTES_MAX = 1024 * 1024
# How much of a refused body is read, so that the client can read the answer.
DRAIN_BYTES_MAX = 256 * 1024 * 1024
DRAIN_S_MAX = 5.0

_NO_BODY_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})


def check_body() -> None:
    """Refuse a body that is too large (413) or not JSON (415)."""
    if request.content_length is not None and request.content_length > BODY_BYTES_MAX:
        raise _too_large()
    chunked = "Transfer-Encoding" in request.headers
    has_body = bool(request.content_length) or chunked
    if request.method not in _NO_BODY_METHODS and has_body and not request.is_json:
        raise UnsupportedMediaType("the body must be application/json")
    if chunked:
        _take_chunked_body()


def _take_chunked_body() -> None:
    # Werkzeug silently truncates a chunked body at its limit, and the truncated text may be
    # complete JSON.
    body = request.environ["wsgi.input"].read(BODY_BYTES_MAX + 1)
    if len(body) > BODY_BYTES_MAX:
        raise _too_large()
    request.environ["wsgi.input"] = io.BytesIO(body)
    request.environ["CONTENT_LENGTH"] = str(len(body))


def _too_large() -> RequestEntityTooLarge:
    return RequestEntityTooLarge(f"a body has at most {BODY_BYTES_MAX} bytes")


def drain_body() -> None:
    """Read and drop a body that is refused.

    A client that is still sending when the connection closes sees a reset, not the answer.
    """
    stream = request.environ["wsgi.input"]
    end_s = time.monotonic() + DRAIN_S_MAX
    left = min(request.content_length or DRAIN_BYTES_MAX, DRAIN_BYTES_MAX)
    while left > 0 and time.monotonic() < end_s:
        chunk = stream.read(min(65_536, left))
        if not chunk:
            return
        left -= len(chunk)
