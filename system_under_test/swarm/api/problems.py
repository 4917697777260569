"""Errors as RFC 9457 problem documents."""

from __future__ import annotations

import http
import math
from collections.abc import Mapping

import structlog
from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, json, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from swarm.api.bodies import drain_body
from swarm.jobs import TooManyJobs
from swarm.memory import TooMany
from swarm.store import Conflict, Ended, KeyOutdated, KeyReused, Missing, StoreUnavailable

RETRY_WHEN_AWAY_S = 1
# Retry-After of an account at its limit of active jobs. When one of them ends is not known.
RETRY_WHEN_FULL_S = 5

_log = structlog.get_logger()


class Problem(Exception):
    """An error the client should see; ``errors`` says what is wrong by place in the request."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **extra: object,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        self.extra = extra

    def response(self) -> Response:
        """Return the problem document."""
        title = http.HTTPStatus(self.status).phrase
        document: dict[str, object] = {
            "type": f"urn:swarm:problem:{title.lower().replace(' ', '-')}",
            "title": title,
            "status": self.status,
            "detail": self.detail,
            "instance": request.path,
            **self.extra,
        }
        if self.errors:
            document["errors"] = [
                {"place": place, "message": message} for place, message in self.errors.items()
            ]
        return Response(
            json.dumps(document),
            status=self.status,
            headers=self.headers,
            mimetype="application/problem+json",
        )


def too_many(detail: str, retry_s: float) -> Problem:
    """Return a 429 that says when to try again."""
    return Problem(429, detail, headers={"Retry-After": str(max(1, math.ceil(retry_s)))})


def register_problems(app: APIFlask) -> None:
    """Turn every error into a problem document."""
    app.register_error_handler(Problem, Problem.response)
    app.register_error_handler(HTTPError, _from_apiflask)
    app.register_error_handler(HTTPException, _from_werkzeug)
    app.register_error_handler(StoreUnavailable, _from_outage)
    app.register_error_handler(Exception, _from_bug)
    for error, problem in {
        Missing: lambda _: Problem(404, "not found: it does not exist, or it has expired"),
        Conflict: lambda error: Problem(409, str(error), version=error.version),
        Ended: lambda error: Problem(409, str(error), state=error.state),
        KeyOutdated: lambda _: Problem(
            409,
            "an earlier version of the system applied the request of this Idempotency-Key, and its"
            " answer cannot be read any more: look at what there is, or use another key",
        ),
        KeyReused: lambda _: Problem(409, "the Idempotency-Key belongs to a different request"),
        TooMany: lambda error: too_many(str(error), error.retry_s),
        TooManyJobs: lambda error: too_many(str(error), RETRY_WHEN_FULL_S),
    }.items():
        app.register_error_handler(error, lambda raised, make=problem: make(raised).response())


def _from_apiflask(error: HTTPError) -> Response:
    errors = {}
    if isinstance(error.detail, dict):
        errors = {
            place: "; ".join(messages)
            for fields in error.detail.values()
            for place, messages in fields.items()
        }
    return Problem(error.status_code, error.message or "it failed", errors=errors).response()


def _from_werkzeug(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        # A redirect is an HTTPException too, but not an error.
        return error
    if error.code == 413:
        drain_body()
    headers = {
        name: value
        for name, value in error.get_headers()
        if name in ("Allow", "Retry-After", "WWW-Authenticate")
    }
    return Problem(error.code, error.description or error.name, headers=headers).response()


def _from_outage(error: StoreUnavailable) -> Response:
    _log.warning("request.redis_away", path=request.path, reason=str(error))
    return Problem(
        503, "Redis is away; try again", headers={"Retry-After": str(RETRY_WHEN_AWAY_S)}
    ).response()


def _from_bug(error: Exception) -> Response:
    _log.error("request.failed", path=request.path, method=request.method, exc_info=error)
    return Problem(500, "an internal error; it has been logged").response()
