"""Images and Compose file of the reference system: they need no new tools and are restricted."""

import os
import re
from pathlib import Path

import pytest
import yaml

from gonogo.target import Service, load_target

SYSTEM = Path(__file__).parents[2] / "system_under_test"
COMPOSE = SYSTEM / "compose.yaml"
DOCKERFILES = sorted(SYSTEM.glob("images/*/Dockerfile"))
# What only BuildKit understands; Debian's engine and docker-py build by the classic builder.
BUILDKIT_ONLY = {
    "a heredoc": re.compile(r"^(RUN|COPY)\b.*<<", re.M),
    "a mount": re.compile(r"^RUN\s+--", re.M),
    "a flag of COPY": re.compile(r"^(COPY|ADD)\s+--(?!from=|chown=)", re.M),
    "a syntax line": re.compile(r"\A#\s*syntax=", re.M),
}
# The keys of the file format that Debian's docker-compose 1.29 knows.
TOP_KEYS = {"services", "volumes", "networks"}


def problems(dockerfile: str) -> set[str]:
    """What is wrong with a Dockerfile."""
    found = {name for name, pattern in BUILDKIT_ONLY.items() if pattern.search(dockerfile)}
    if not re.search(r"^ARG BASE_IMAGE=debian:bookworm-slim$", dockerfile, re.M):
        found.add("no BASE_IMAGE")
    last_stage = re.split(r"^FROM .*$", dockerfile, flags=re.M)[-1]
    users = re.findall(r"^USER\s+(\S+)", last_stage, re.M)
    if not users or users[-1].split(":")[0] in {"0", "root"}:
        found.add("root")
    for run in re.findall(r"^RUN(?:.*\\\n)*.*", dockerfile, re.M):
        if "apt-get install" in run and "rm -rf /var/lib/apt/lists/*" not in run:
            found.add("apt lists left")
    return found


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_a_dockerfile_suits_every_builder(path: Path) -> None:
    """It builds on any base image, without BuildKit, and does not run as root."""
    assert problems(path.read_text()) == set()


def test_there_are_dockerfiles() -> None:
    """The test above checks one Dockerfile for each image that is built."""
    built = {
        Path(service.build["context"]) / service.build.get("dockerfile", "Dockerfile")
        for service in services()
    }
    assert built == set(DOCKERFILES)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("RUN cat <<EOF\nx\nEOF", "a heredoc"),
        ("RUN --mount=type=cache,target=/x true", "a mount"),
        ("COPY --chmod=0755 a b", "a flag of COPY"),
        ("USER root", "root"),
        ("USER 0:0", "root"),
        ("FROM x\nRUN true", "root"),
        ("RUN apt-get update \\\n && apt-get install -y x", "apt lists left"),
    ],
)
def test_a_bad_dockerfile_is_found(text: str, problem: str) -> None:
    """Each rule fails for a file that breaks it."""
    good = "ARG BASE_IMAGE=debian:bookworm-slim\nFROM ${BASE_IMAGE}\nUSER 1:1\n"
    assert problems(good) == set()
    assert problems(good + text + "\n") == {problem}
    assert "no BASE_IMAGE" in problems("FROM debian\nUSER 1\n")
    assert "a syntax line" in problems("# syntax=docker/dockerfile:1\n" + good)


def services() -> list[Service]:
    return list(load_target(COMPOSE, os.environ).services.values())


@pytest.mark.parametrize("service", services(), ids=lambda service: service.name)
def test_a_service_is_locked_in(service: Service) -> None:
    """A user, a read-only root, no capabilities, limits of memory and processes: each of them."""
    assert service.container.user.split(":")[0] not in {"", "0", "root"}
    assert service.container.read_only
    assert service.container.cap_drop == ("ALL",)
    assert service.container.cap_add == ()
    assert service.container.security_opt == ("no-new-privileges:true",)
    assert service.container.pids_max
    assert service.memory_limit_bytes


def test_the_file_suits_older_compose() -> None:
    """No top-level key that docker-compose 1.29 refuses, and ports on this machine only."""
    document = yaml.safe_load(COMPOSE.read_text())
    assert {key for key in document if not key.startswith("x-")} <= TOP_KEYS
    ports = [port for each in document["services"].values() for port in each.get("ports", ())]
    assert ports
    assert all(str(port).startswith("127.0.0.1:") for port in ports)
