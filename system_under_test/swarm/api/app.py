"""The Flask application."""

from __future__ import annotations

import json
import math
from typing import Any, cast

from apiflask import APIFlask
from flask.json.provider import DefaultJSONProvider

from swarm.api import (
    dashboard,
    routes_auth,
    routes_jobs,
    routes_scripts,
    routes_sessions,
    routes_sync,
    routes_system,
)
from swarm.api.background import start_background
from swarm.api.bodies import BODY_BYTES_MAX, check_body
from swarm.api.hub import Hub
from swarm.api.openapi import register_openapi
from swarm.api.problems import register_problems
from swarm.api.security import require_token
from swarm.api.services import EXTENSION, Services
from swarm.api.websocket import register_socket
from swarm.config import ApiSettings, load_api_settings
from swarm.store import Store


class StrictJson(DefaultJSONProvider):
    """Standard JSON: no NaN, no Infinity, no number that does not fit a double."""

    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse; any malformed text raises ValueError."""
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
    """Build the application; Redis is first contacted by a request or by the background threads."""
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
    app.before_request(check_body)
    app.before_request(require_token)
    for blueprint in (
        routes_auth.blueprint,
        routes_scripts.blueprint,
        routes_jobs.blueprint,
        routes_sessions.blueprint,
        routes_sync.blueprint,
        routes_system.health,
        routes_system.blueprint,
        dashboard.blueprint,
    ):
        app.register_blueprint(blueprint)
    register_socket(app, app.hub, settings.sockets_max, settings.socket_stall_s)
    register_openapi(app)
    return app
