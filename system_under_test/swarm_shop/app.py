"""The shop over HTTP: the api, its health, and the control routes of the stand-in."""

from __future__ import annotations

import hmac
import threading
import time
from typing import Any

from flask import Flask, Response, jsonify, request
from pydantic import ValidationError

from swarm_shop.bucket import Bucket
from swarm_shop.endpoint import Endpoint
from swarm_shop.faults import Faults, FaultSettings
from swarm_shop.schema import Context, make_schema
from swarm_shop.settings import Settings
from swarm_shop.shelves import Shelves

BODY_BYTES_MAX = 4 * 1024 * 1024
ACCESS_HEADER = "X-Shopify-Access-Token"
CONTROL_HEADER = "X-Shop-Control-Token"


def create_app(settings: Settings) -> Flask:
    """Build the application of one shop."""
    app = Flask("swarm_shop", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX
    shop = _Shop(settings)
    app.add_url_rule("/health", view_func=shop.health)
    app.add_url_rule("/admin/api/<version>/graphql.json", view_func=shop.graphql, methods=["POST"])
    app.add_url_rule("/stand-in/writes", view_func=shop.writes)
    app.add_url_rule("/stand-in/statistics", view_func=shop.statistics)
    app.add_url_rule("/stand-in/faults", view_func=shop.set_faults, methods=["PUT"])
    return app


class _Shop:
    """The routes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._shelves = Shelves(settings.data / "shop.sqlite")
        self._bucket = Bucket(settings.cost_max, settings.cost_restore_per_s)
        self._endpoint = Endpoint(make_schema(), self._bucket)
        self._faults = Faults(settings.faults)
        self._requests = 0
        self._lock = threading.Lock()

    def health(self) -> Response:
        """Report that it serves."""
        return jsonify(status="ok", products=self._shelves.count())

    def graphql(self, version: str) -> Response | tuple[Response, int, dict[str, str]]:
        """Answer one GraphQL request, or fail it as the fault settings say."""
        del version  # Each version is answered alike.
        if not self._is_allowed():
            return _refused()
        with self._lock:
            self._requests += 1
        fault = self._faults.draw()
        limits = self._faults.settings
        if fault == "too_many_requests":
            wait = {"Retry-After": f"{limits.retry_after_s:g}"}
            return jsonify(errors="Exceeded request limit"), 429, wait
        if fault == "server_error":
            return jsonify(errors="Bad gateway"), 502, {}
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            return jsonify(errors="the body must be a JSON object"), 400, {}
        answer = self._endpoint.answer(
            body, Context(self._shelves, limits), throttle=fault == "throttled"
        )
        if fault == "slow":
            time.sleep(limits.slow_ms / 1000)
        if fault == "lost_answer":
            return jsonify(errors="Gateway timeout"), 504, {}
        return jsonify(answer)

    def writes(self) -> Response | tuple[Response, int, dict[str, str]]:
        """List every accepted write, oldest first."""
        if not self._is_allowed():
            return _refused()
        return jsonify(writes=self._shelves.writes())

    def statistics(self) -> Response | tuple[Response, int, dict[str, str]]:
        """Report how many requests came, were refused or met a fault."""
        if not self._is_allowed():
            return _refused()
        return jsonify(
            requests=self._requests,
            throttled=self._endpoint.throttled,
            faults=dict(self._faults.counts),
        )

    def set_faults(self) -> Response | tuple[Response, int, dict[str, str]]:
        """Change the faults; needs the control token."""
        wanted = self._settings.control_token
        shown = request.headers.get(CONTROL_HEADER, "")
        if not wanted or not hmac.compare_digest(shown.encode(), wanted.encode()):
            return _refused()
        try:
            faults = FaultSettings.model_validate_json(request.get_data())
        except ValidationError as error:
            return jsonify(errors=str(error)), 400, {}
        self._faults.configure(faults)
        return jsonify(faults.model_dump(mode="json"))

    def _is_allowed(self) -> bool:
        shown = request.headers.get(ACCESS_HEADER, "")
        return hmac.compare_digest(shown.encode(), self._settings.access_token.encode())


def _refused() -> tuple[Response, int, dict[str, str]]:
    text: Any = "[API] Invalid API key or access token (unrecognized login or wrong password)"
    return jsonify(errors=text), 401, {}
