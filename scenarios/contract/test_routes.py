"""Each route: its success and its main errors."""

import pytest

from harness.plugin import Expect, SystemUnderTest
from scenarios.jobs import events
from scenarios.problems import expect_problem

pytestmark = pytest.mark.phase("contract")

GUARDED = [
    ("GET", "/api/auth/me"),
    ("GET", "/api/scripts"),
    ("POST", "/api/scripts/execute"),
    ("GET", "/api/jobs"),
    ("POST", "/api/jobs"),
    ("GET", "/api/jobs/none"),
    ("POST", "/api/sessions"),
    ("GET", "/api/sessions"),
    ("POST", "/api/sync/trigger"),
    ("GET", "/api/sync/history"),
    ("GET", "/api/agents"),
    ("GET", "/api/events"),
]


@pytest.mark.parametrize(("method", "path"), GUARDED, ids=[f"{m} {p}" for m, p in GUARDED])
def test_guarded(system: SystemUnderTest, expect: Expect, method: str, path: str) -> None:
    """Without a token every route but login and health is a 401."""
    expect_problem(expect, system.http().request(method, path, json={}), 401)


def test_health(system: SystemUnderTest, expect: Expect) -> None:
    """Liveness and readiness answer without credentials."""
    for path in ("/api/health", "/api/health/ready"):
        expect.equal(f"GET {path} answers 200", system.http().get(path).status, 200)


def test_scripts(system: SystemUnderTest, expect: Expect) -> None:
    """Scripts are listed with their parameters; one can be read; an unknown one is a 404."""
    client = system.user_http()
    listed = client.get("/api/scripts")
    expect.equal("GET /api/scripts answers 200", listed.status, 200)
    names = {script["name"] for script in listed.json["scripts"]}
    expect.true("the genome script is listed", "genome_analysis" in names, observed=names)
    one = client.get("/api/scripts/genome_analysis")
    expect.equal("one script answers 200", one.status, 200)
    required = [p["name"] for p in one.json["parameters"] if p["required"]]
    expect.equal("its only required parameter is fasta", required, ["fasta"])
    expect_problem(expect, client.get("/api/scripts/no_such_script"), 404)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"script": "genome_analysis", "parameters": {}}, 400),
        ({"script": "genome_analysis", "parameters": {"fasta": "../../etc/passwd"}}, 400),
        ({"script": "genome_analysis", "parameters": {"fasta": "/etc/passwd"}}, 400),
        ({"script": "genome_analysis", "parameters": {"fasta": "no-such-file.fna"}}, 400),
        ({"script": "genome_analysis", "parameters": {"fasta": 5}}, 400),
        ({"script": "no_such_script", "parameters": {}}, 404),
        ({"parameters": {}}, 400),
    ],
    ids=["missing", "traversal", "absolute", "no-file", "type", "unknown-script", "no-script"],
)
def test_bad_execution(system: SystemUnderTest, expect: Expect, body: object, status: int) -> None:
    """Invalid parameters are refused when the script is started, not later."""
    expect_problem(expect, system.user_http().post("/api/scripts/execute", json=body), status)


def test_unknown_routes_and_methods(system: SystemUnderTest, expect: Expect) -> None:
    """An unknown path is a 404, a wrong method a 405, a wrong media type a 415."""
    client = system.user_http()
    expect_problem(expect, client.get("/api/no-such-route"), 404)
    expect_problem(expect, client.request("DELETE", "/api/scripts"), 405)
    text = {"Content-Type": "text/plain"}
    expect_problem(expect, client.post("/api/sessions", data=b"hello", headers=text), 415)


def test_too_large(system: SystemUnderTest, expect: Expect) -> None:
    """A body of 2 MiB is a 413."""
    body = {"name": "x" * (2 << 20)}
    expect_problem(expect, system.user_http().post("/api/sessions", json=body), 413)


def test_jobs_listing(system: SystemUnderTest, expect: Expect) -> None:
    """Jobs are paged; a page that makes no sense is a 400; an unknown job a 404."""
    client = system.user_http()
    listed = client.get("/api/jobs?page=1&per_page=5")
    expect.equal("GET /api/jobs answers 200", listed.status, 200)
    expect.at_most("a page has at most per_page jobs", len(listed.json["jobs"]), 5)
    expect_problem(expect, client.get("/api/jobs?page=0"), 400)
    for path in ("/api/jobs/none", "/api/jobs/none/logs", "/api/jobs/none/result"):
        expect_problem(expect, client.get(path), 404)
    expect_problem(expect, client.post("/api/jobs/none/cancel"), 404)


def task(name: str, **more: object) -> dict[str, object]:
    """A task of a type that exists, for jobs that must be refused for another reason."""
    return {"name": name, "type": "genome_summary", "parameters": {}, **more}


@pytest.mark.parametrize(
    "tasks",
    [
        [],
        [task("a", dependencies=["b"]), task("b", dependencies=["a"])],
        [task("a", dependencies=["nobody"])],
        [{"name": "a", "type": "no_such_type"}],
        [task("a", capabilities=["levitation"])],
        [task("a"), task("a")],
    ],
    ids=["empty", "cycle", "missing-dependency", "unknown-type", "no-capability", "twice"],
)
def test_impossible_jobs(
    system: SystemUnderTest, expect: Expect, tasks: list[dict[str, object]]
) -> None:
    """A job that can never finish is refused when it is submitted."""
    expect_problem(expect, system.user_http().post("/api/jobs", json={"tasks": tasks}), 400)


def test_agents_and_events(system: SystemUnderTest, expect: Expect) -> None:
    """Both agents are registered with their capabilities, and that is in the events."""
    client = system.user_http()
    listed = client.get("/api/agents").json["agents"]
    abilities = [set(agent["capabilities"]) for agent in listed]
    for wanted in ("genomics", "data_processing"):
        able = any(wanted in each for each in abilities)
        expect.true(f"an agent can do {wanted}", able, observed=abilities)
    kinds = {event["type"] for event in events(client, expect)}
    expect.true("agents registering is an event", "agent_registered" in kinds, observed=kinds)
