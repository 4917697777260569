"""Defects on purpose in containers: each ends with the right exit code and its cause."""

import json
from pathlib import Path
from typing import Any

import pytest

from gonogo.vocabulary import ExitCode
from tests.backends.builders import skip_without
from tests.end_to_end.conftest import Done, Edit, Gate
from tests.end_to_end.leftovers import leftovers
from tests.end_to_end.small_target import phases, service, small_target


@pytest.fixture
def containers(gate: Gate) -> Gate:
    """A gate that runs containers."""
    skip_without("docker")
    gate.backend = "docker"
    return gate


def _judged(containers: Gate, *edits: Edit) -> Done:
    target = small_target(containers.folder, *edits)
    return containers.gonogo("run", "--profile", "quick", "-f", str(target))


def _ready_within(name: str, limit_s: float) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        document["x-harness"]["services"][name]["ready"]["timeout_s"] = limit_s

    return edit


@pytest.mark.alone
def test_two_small_containers_are_go(containers: Gate) -> None:
    """Without a defect the same target is GO, so the tests below fail because of their defects."""
    done = _judged(containers)
    assert done.code == ExitCode.GO, done.output
    assert leftovers(done.run_dir) == []
    kept = json.loads((done.run_dir / "logs" / "web.inspect.json").read_text())
    assert kept["Config"]["Labels"]["org.gonogo.service"] == "web"
    assert kept["HostConfig"]["ReadonlyRootfs"] is True
    assert kept["Config"]["User"] == "10001:10001"


def test_an_image_that_builds_and_does_not_start(containers: Gate) -> None:
    """It is NO-GO and names the service and its last log lines."""
    done = _judged(
        containers,
        phases("contract"),
        service("web", command=["python3", "/targets/nowhere.py"], restart="no"),
    )
    assert done.code == ExitCode.NO_GO, done.output
    assert "service web" in done.output
    assert "nowhere.py" in _report(done), "its last output is in the report"
    assert leftovers(done.run_dir) == []


def test_a_service_that_never_turns_healthy(containers: Gate) -> None:
    """It answers on its port, but its health check fails: NO-GO with the output of the check."""
    sick = {
        "test": ["CMD-SHELL", "echo the disk is on fire; exit 1"],
        "interval": "1s",
        "retries": 2,
    }
    done = _judged(
        containers,
        phases("contract"),
        service("web", healthcheck=sick),
        _ready_within("web", 30),
    )
    assert done.code == ExitCode.NO_GO, done.output
    assert "service web was not ready within 30 s" in " ".join(done.output.split())
    assert "the disk is on fire" in _report(done)
    assert leftovers(done.run_dir) == []


def test_a_container_killed_for_its_memory_under_load(containers: Gate) -> None:
    """A service that outgrows its limit under load is NO-GO; the report says "out of memory"."""
    done = _judged(
        containers,
        phases("load"),
        service(
            "web",
            command=["python3", "/targets/leak.py", "80"],
            mem_limit="96m",
            restart="no",
            init=None,
        ),
    )
    assert done.code == ExitCode.NO_GO, done.output
    assert "service web exited" in " ".join(done.output.split())
    assert "out of memory" in _report(done)
    assert leftovers(done.run_dir) == []


def test_an_image_that_does_not_build(containers: Gate) -> None:
    """The environment has failed, not the system; it names the service and the last lines."""
    context = containers.folder / "broken"
    context.mkdir()
    (context / "Dockerfile").write_text(
        "ARG BASE_IMAGE=debian:bookworm-slim\nFROM ${BASE_IMAGE}\nRUN echo no such luck && exit 7\n"
    )
    done = _judged(containers, phases("contract"), service("web", build=str(context)))
    assert done.code == ExitCode.ENVIRONMENT, done.output
    for word in ("service web cannot be built", "no such luck", "Dockerfile"):
        assert word in " ".join(done.output.split())
    assert leftovers(done.run_dir) == []


def test_an_image_that_is_nowhere(containers: Gate) -> None:
    """An image that is not on this machine and cannot be pulled is named, with a hint."""
    done = _judged(
        containers,
        phases("contract"),
        service("web", build=None, image="localhost/gonogo-nowhere:1"),
    )
    assert done.code == ExitCode.ENVIRONMENT, done.output
    assert "localhost/gonogo-nowhere:1" in done.output
    assert "cannot be pulled" in " ".join(done.output.split())
    assert leftovers(done.run_dir) == []


def _report(done: Done) -> str:
    return Path(done.run_dir / "run.json").read_text()
