"""Helpers: a signed-in client of an api in this process, and what its errors look like."""

from __future__ import annotations

import json
from typing import Any

from flask.testing import FlaskClient
from swarm.api.app import SwarmApp
from werkzeug.test import TestResponse

CREDENTIALS = {"email": "Someone@Example.org", "password": "long enough"}


class Api:
    """A signed-in client."""

    def __init__(self, app: SwarmApp, credentials: dict[str, str] | None = None) -> None:
        self.client: FlaskClient = app.test_client()
        credentials = credentials or CREDENTIALS
        assert self.call("POST", "/api/auth/register", credentials).status_code in (201, 409)
        self.token = self.call("POST", "/api/auth/login", credentials).get_json()["access_token"]

    def call(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        """Send a request; keywords are headers, with ``_`` for ``-``."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if hasattr(self, "token"):
            sent.setdefault("Authorization", f"Bearer {self.token}")
        data = None if body is None else json.dumps(body)
        kind = None if body is None else "application/json"
        return self.client.open(path, method=method, data=data, content_type=kind, headers=sent)

    def raw(self, data: bytes, kind: str = "application/json") -> TestResponse:
        """Send bytes where a job is expected."""
        return self.client.post(
            "/api/jobs",
            data=data,
            content_type=kind,
            headers={"Authorization": f"Bearer {self.token}"},
        )


def assert_problem(answer: TestResponse, status: int) -> dict[str, Any]:
    """Check that an answer is a problem document of this status, and return it."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    document: dict[str, Any] = answer.get_json()
    assert document["status"] == status
    assert {"type", "title", "detail", "instance"} <= document.keys()
    return document
