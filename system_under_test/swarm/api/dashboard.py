"""The web page: built files from one directory, with a strict content security policy."""

from __future__ import annotations

from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, send_from_directory

from swarm.api.problems import Problem
from swarm.api.services import services

# Nothing inline and nothing from other origins: code injected by a log line or a product title
# cannot run, and cannot connect to any other server.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# A built file's name contains the digest of its content, so the content of a name never changes.
IMMUTABLE = "public, max-age=31536000, immutable"

blueprint = APIBlueprint("dashboard", __name__, enable_openapi=False)


@blueprint.after_request
def _protect(answer: Response) -> Response:
    answer.headers.update(HEADERS)
    return answer


def _directory() -> Path:
    directory = services().settings.dashboard
    if not (directory / "index.html").is_file():
        raise Problem(
            503,
            "the dashboard is not built: run `npm ci && npm run build` in"
            " system_under_test/dashboard, or let SWARM_DASHBOARD name a built one;"
            " the api itself works",
        )
    return directory


@blueprint.get("/")
def page() -> Response:
    """Serve the page; a browser asks each time whether it is still the same."""
    answer = send_from_directory(_directory(), "index.html")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/assets/<path:name>")
def asset(name: str) -> Response:
    """Serve a built file; browsers keep it."""
    answer = send_from_directory(_directory() / "assets", name)
    answer.headers["Cache-Control"] = IMMUTABLE
    return answer
