"""The OpenAPI document: what APIFlask derives from the routes, and what it cannot know."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask

from swarm.api.security import PUBLIC_ENDPOINTS

SPEC_PATH = "/api/openapi.json"

_PROBLEM = {
    "description": "RFC 9457 problem document",
    "content": {"application/problem+json": {"schema": {"type": "object"}}},
}


def register_openapi(app: APIFlask) -> None:
    """Serve the document, with the bearer scheme and problem documents for every error."""

    def complete(spec: dict[str, Any] | str) -> dict[str, Any] | str:
        # Only the YAML form is text, and it is not served.
        return spec if isinstance(spec, str) else _complete(spec, _public_paths(app))

    app.spec_processor(complete)
    app.add_url_rule(SPEC_PATH, "openapi.spec", lambda: app.spec)


def _public_paths(app: APIFlask) -> set[str]:
    return {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint in PUBLIC_ENDPOINTS}


def _complete(spec: dict[str, Any], public_paths: set[str]) -> dict[str, Any]:
    spec.setdefault("components", {})["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    for path, methods in spec["paths"].items():
        for operation in methods.values():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            responses = operation["responses"]
            for code in [code for code in responses if int(code) >= 400]:
                del responses[code]
            responses["default"] = _PROBLEM
            if path not in public_paths:
                operation["security"] = [{"bearer": []}]
    return spec
