"""The web page as the api serves it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from swarm.api.app import SwarmApp
from swarm_support import System, echo_task
from werkzeug.test import TestResponse

TYPES = Path(__file__).resolve().parents[1] / "dashboard" / "src" / "api" / "types.ts"
SECRET_LINE = "not for the network"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A directory like the build's, with a file beside it that must not be served."""
    directory = tmp_path / "dist"
    (directory / "assets").mkdir(parents=True)
    (directory / "index.html").write_text("<!doctype html><title>swarm</title>")
    (directory / "assets" / "index-abc123.js").write_text("export {};")
    (directory / "assets" / "index-abc123.css").write_text("body {}")
    (tmp_path / "secret.txt").write_text(SECRET_LINE)
    (directory / "beside.txt").write_text(SECRET_LINE)
    return directory


@pytest.fixture
def client(make_app: Callable[..., SwarmApp], built: Path) -> FlaskClient:
    """A client that has not signed in."""
    return make_app(SWARM_DASHBOARD=str(built)).test_client()


def _get(client: FlaskClient, path: str, **options: Any) -> TestResponse:
    # Buffered: read to the end and closed, as a browser does.
    return client.get(path, buffered=True, **options)


def _policy(answer: TestResponse) -> dict[str, str]:
    directives = answer.headers["Content-Security-Policy"].split("; ")
    return dict(each.partition(" ")[::2] for each in directives)


def test_the_page_is_asked_for_anew_and_needs_no_token(client: FlaskClient) -> None:
    """The page is served to anybody, and a browser that has it gets 304."""
    answer = _get(client, "/")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert answer.headers["Cache-Control"] == "no-cache"
    again = _get(client, "/", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("name", "kind"), [("index-abc123.js", "text/javascript"), ("index-abc123.css", "text/css")]
)
def test_built_files_are_kept(client: FlaskClient, name: str, kind: str) -> None:
    """A file whose name carries its digest may be kept for a year without asking."""
    answer = _get(client, f"/assets/{name}")
    assert (answer.status_code, answer.mimetype) == (200, kind)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/", "/assets/index-abc123.js", "/assets/none.js"])
def test_everything_of_the_page_is_protected(client: FlaskClient, path: str) -> None:
    """Each answer allows nothing inline, nothing from elsewhere, no frame and no sniffing."""
    answer = _get(client, path)
    policy = _policy(answer)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../beside.txt",
        "/assets/../../secret.txt",
        "/assets/%2e%2e/beside.txt",
        "/assets/..%2fbeside.txt",
        "/assets/..%5cbeside.txt",
        "/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
        "/assets//etc/hostname",
        "/assets/%2fetc%2fhostname",
        "/assets/a%00b",
        "/assets/",
        "/assets",
        "/beside.txt",
        "/index.html",
    ],
)
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    """No path leaves the directory of built files."""
    answer = _get(client, path, follow_redirects=True)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert SECRET_LINE not in answer.text


def test_the_api_keeps_its_own_errors(client: FlaskClient) -> None:
    """An unknown path under /api is a problem document, never the page."""
    answer = _get(client, "/api/nothing")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert client.post("/").status_code == 405
    assert not any(path == "/" or "assets" in path for path in _paths(client))


def _paths(client: FlaskClient) -> list[str]:
    document: dict[str, Any] = _get(client, "/api/openapi.json").get_json()
    return list(document["paths"])


@pytest.mark.parametrize("path", ["/", "/assets/index-abc123.js"])
def test_a_page_that_is_not_built_says_how_to_build_it(
    make_app: Callable[..., SwarmApp], tmp_path: Path, path: str
) -> None:
    """Without built files the answer is a 503 that names the command; the api goes on."""
    client = make_app(SWARM_DASHBOARD=str(tmp_path / "nowhere")).test_client()
    answer = _get(client, path)
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert "npm ci && npm run build" in answer.get_json()["detail"]
    assert _get(client, "/api/health").status_code == 200


def _declared(interface: str) -> set[str]:
    """Return the fields of an interface in the page's handwritten types, inherited ones too."""
    found = re.search(
        rf"^export interface {interface}(?: extends (\w+))? {{\n(.*?)^}}",
        TYPES.read_text(),
        re.DOTALL | re.MULTILINE,
    )
    assert found, f"{TYPES.name} has no interface {interface}"
    own = set(re.findall(r"^  readonly (\w+)\??:", found[2], re.MULTILINE))
    return own | (_declared(found[1]) if found[1] else set())


@pytest.fixture(scope="module")
def documents(shared_system: System) -> dict[str, dict[str, Any]]:
    """One real document of each kind the page reads, by the name of its type."""
    system = shared_system
    job_id = system.submit(echo_task("one"), echo_task("two", dependencies=["one"]))
    job = system.finished(job_id)
    scripts = system.call("GET", "/api/scripts").json()["scripts"]
    page = system.call("GET", "/api/jobs").json()
    return {
        "Account": system.call("GET", "/api/auth/me").json(),
        "Agent": system.call("GET", "/api/agents").json()["agents"][0],
        "Attempt": job["tasks"][0]["attempts"][0],
        "JobDetail": job,
        "JobPage": page,
        "Job": page["jobs"][0],
        "LogLine": system.call("GET", f"/api/jobs/{job_id}/logs").json()["logs"][0],
        "Parameter": scripts[0]["parameters"][0],
        "Ready": system.call("GET", "/api/health/ready").json(),
        "Script": scripts[0],
        "SyncHistory": system.call("GET", "/api/sync/history").json(),
        "Task": job["tasks"][0],
    }


@pytest.mark.parametrize(
    "interface",
    [
        "Account",
        "Agent",
        "Attempt",
        "Job",
        "JobDetail",
        "JobPage",
        "LogLine",
        "Parameter",
        "Ready",
        "Script",
        "SyncHistory",
        "Task",
    ],
)
def test_the_page_reads_what_the_api_says(
    documents: dict[str, dict[str, Any]], interface: str
) -> None:
    """Each handwritten type declares exactly the fields of a real answer."""
    assert _declared(interface) == set(documents[interface])


def test_a_log_event_names_its_line(shared_system: System) -> None:
    """A line that arrives as an event and the same line in the log have one id."""
    job_id = shared_system.submit(echo_task("one"))
    shared_system.finished(job_id)
    lines = shared_system.call("GET", f"/api/jobs/{job_id}/logs").json()["logs"]
    told: list[dict[str, Any]] = []
    after, more = "0-0", True
    while more:
        found = shared_system.call("GET", f"/api/events?after={after}&limit=1000").json()
        told += [event["data"] for event in found["events"] if event["type"] == "job_log"]
        after, more = found["next_after"], found["more"]
    ids = [data["line_id"] for data in told if data["job_id"] == job_id]
    assert ids == [line["id"] for line in lines]
