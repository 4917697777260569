"""Idempotency-Key: what makes a repeated write happen once."""

from __future__ import annotations

import hashlib
import hmac
import re

from flask import request

from swarm.api.problems import Problem
from swarm.api.services import services
from swarm.store import Once

HEADER = "Idempotency-Key"
_PATTERN = re.compile(r"[\x21-\x7e]{1,200}")


def once(account_id: str) -> Once | None:
    """Return the operation the current request names, None when it names none.

    The same key with a different method, path or body is a different request.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not _PATTERN.fullmatch(key):
        raise Problem(400, f"{HEADER} must be 1 to 200 printable characters without blanks")
    settings = services().settings
    # With a secret key, because the body may contain a password.
    fingerprint = hmac.new(settings.jwt_secret.encode(), digestmod=hashlib.sha256)
    for part in (request.method, request.path):
        fingerprint.update(part.encode(errors="replace") + b"\0")
    fingerprint.update(request.get_data())
    operation = hashlib.sha256(f"{account_id}\0{key}".encode()).hexdigest()
    return Once(operation, fingerprint.hexdigest(), settings.idempotency_ttl_s)
