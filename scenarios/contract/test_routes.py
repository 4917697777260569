"""Each route: its success and its main errors."""

import pytest

from gonogo.plugin import Expect, SystemUnderTest
from scenarios.jobs import events
from scenarios.problems import expect_problem

pytestmark = pytest.mark.phase("contract")


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


def test_unknown_routes_and_methods(system: SystemUnderTest, expect: Expect) -> None:
    """An unknown path is a 404, a wrong method a 405, a wrong media type a 415."""
    client = system.user_http()
    expect_problem(expect, client.get("/api/no-such-route"), 404)
    expect_problem(expect, client.request("DELETE", "/api/scripts"), 405)
    text = {"Content-Type": "text/plain"}
    expect_problem(expect, client.post("/api/sessions", data=b"hello", headers=text), 415)


def test_jobs_listing(system: SystemUnderTest, expect: Expect) -> None:
    """Jobs are listed in pages; an invalid page is a 400, an unknown job a 404."""
    client = system.user_http()
    listed = client.get("/api/jobs?page=1&per_page=5")
    expect.equal("GET /api/jobs answers 200", listed.status, 200)
    expect.at_most("a page has at most per_page jobs", len(listed.json["jobs"]), 5)
    expect_problem(expect, client.get("/api/jobs?page=0"), 400)
    for path in ("/api/jobs/none", "/api/jobs/none/logs", "/api/jobs/none/result"):
        expect_problem(expect, client.get(path), 404)
    expect_problem(expect, client.post("/api/jobs/none/cancel"), 404)


def task(name: str, **more: object) -> dict[str, object]:
    """A valid task, for jobs that must be refused for another reason."""
    return {"name": name, "type": "diagnostic.echo", "parameters": {}, **more}


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
    """Both agents are registered with their capabilities, and the events show it."""
    client = system.user_http()
    listed = client.get("/api/agents").json["agents"]
    abilities = [set(agent["capabilities"]) for agent in listed]
    for wanted in ("genomics", "data_processing"):
        able = any(wanted in each for each in abilities)
        expect.true(f"an agent can do {wanted}", able, observed=abilities)
    kinds = {event["type"] for event in events(client, expect)}
    expect.true("agents registering is an event", "agent_registered" in kinds, observed=kinds)
