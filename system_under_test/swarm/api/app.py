"""The Flask application."""

from __future__ import annotations

import json
import math
from typing import Any, cast

from apiflask import APIFlask
from flask import Response, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from swarm.api import routes_auth, routes_jobs, routes_scripts, routes_sessions, routes_system
from swarm.api.background import start_background
from swarm.api.hub import Hub
from swarm.api.problems import register_problems
from swarm.api.security import PUBLIC_ENDPOINTS, require_token
from swarm.api.services import EXTENSION, Services
from swarm.api.websocket import register_socket
from swarm.config import ApiSettings, load_api_settings
from swarm.store import Store

BODY_BYTES_MAX = 1024 * 1024
_NO_BODY_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})


class StrictJson(DefaultJSONProvider):
    """JSON as the standard has it: no NaN, no Infinity, and nothing that cannot be answered."""

    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse; every way of being malformed is a ValueError."""
        try:
            value = json.loads(s, parse_constant=_refuse, parse_float=_finite, **kwargs)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        return value


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} does not fit a number")
    return value


class SwarmApp(APIFlask):
    """The application of one worker process."""

    json_provider_class = StrictJson

    def start_background(self, alive: Any) -> None:
        """Start the event hub and the bootstrap account; called once a worker runs."""
        start_background(cast("Services", self.extensions[EXTENSION]), self.hub, alive)

    hub: Hub


def create_app(settings: ApiSettings | None = None) -> SwarmApp:
    """Build the application; nothing is asked of Redis until the first request."""
    settings = settings or load_api_settings()
    app = SwarmApp("swarm", title="swarm", version="1", spec_path=None, docs_path=None)
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_BYTES_MAX,
        VALIDATION_ERROR_STATUS_CODE=400,
        VALIDATION_ERROR_DESCRIPTION="the request is not valid",
    )
    found = Services.build(settings)
    app.extensions[EXTENSION] = found
    app.hub = Hub(Store(settings.store))
    register_problems(app)
    app.before_request(_check_body)
    app.before_request(require_token)
    for blueprint in (
        routes_auth.blueprint,
        routes_scripts.blueprint,
        routes_jobs.blueprint,
        routes_sessions.blueprint,
        routes_system.health,
        routes_system.blueprint,
    ):
        app.register_blueprint(blueprint)
    register_socket(app, app.hub, settings.sockets_max)
    app.spec_processor(_describe)
    app.add_url_rule("/api/openapi.json", "openapi.spec", lambda: app.spec)
    return app


def _check_body() -> Response | None:
    """Refuse bodies that are too large or not JSON before anything reads them."""
    if request.content_length is not None and request.content_length > BODY_BYTES_MAX:
        raise RequestEntityTooLarge(f"a body has at most {BODY_BYTES_MAX} bytes")
    has_body = bool(request.content_length) or "Transfer-Encoding" in request.headers
    if request.method not in _NO_BODY_METHODS and has_body and not request.is_json:
        raise UnsupportedMediaType("the body must be application/json")
    return None


def _describe(spec: dict[str, Any] | str) -> dict[str, Any] | str:
    """Add the bearer scheme, and problem documents as the answer to everything else."""
    if isinstance(spec, str):
        # Only the YAML form is text, and it is not served.
        return spec
    components = spec.setdefault("components", {})
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    problem = {
        "description": "RFC 9457 problem document",
        "content": {"application/problem+json": {"schema": {"type": "object"}}},
    }
    public = {name.replace(".", "_") for name in PUBLIC_ENDPOINTS}
    for methods in spec["paths"].values():
        for operation in methods.values():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            for code in [code for code in operation["responses"] if int(code) >= 400]:
                del operation["responses"][code]
            operation["responses"]["default"] = problem
            if operation.get("operationId") not in public:
                operation["security"] = [{"bearer": []}]
    return spec
