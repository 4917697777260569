"""The container engine of this machine. Importing this module imports the engine's client."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

# Read when testcontainers is imported. Its reaper is an image that may not be pullable, and the
# watchdog does its work; the way to the engine must not depend on whether we are in a container.
os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")

import docker.errors as docker_errors
import requests.exceptions
from docker.models.containers import Container
from testcontainers.core.docker_client import DockerClient

from gonogo.vocabulary import EnvironmentFailed, Form

HINT = "start it (as root: `systemctl start docker`), or use --backend process"
# A build step or a pull may be silent for long; everything else answers within seconds.
_CALL_S_MAX = 60
_PING_S_MAX = 10
# Every service holds a connection for its output; other connections are short.
_CONNECTIONS_MAX = 128
_LOCAL = ("http+docker://", "npipe://")

ENGINE_ERRORS = (docker_errors.DockerException, requests.exceptions.RequestException, OSError)


@lru_cache(maxsize=1)
def connect() -> DockerClient:
    """The engine; each process has one client of it.

    Raises:
        EnvironmentFailed: it does not answer, or runs elsewhere.
    """
    try:
        engine = DockerClient(timeout=_PING_S_MAX, max_pool_size=_CONNECTIONS_MAX)
        engine.client.ping()
        engine.client.api.timeout = _CALL_S_MAX
    except ENGINE_ERRORS as error:
        raise EnvironmentFailed(
            f"no container engine answers: {brief(error)}",
            where=os.environ.get("DOCKER_HOST", "the default socket"),
            hint=HINT,
        ) from error
    if not str(engine.client.api.base_url).startswith(_LOCAL):
        raise EnvironmentFailed(
            "the container engine runs on another machine: its ports and processes are not here",
            where=str(engine.client.api.base_url),
            hint="name a local one in DOCKER_HOST, or use --backend process",
        )
    return engine


def brief(error: BaseException) -> str:
    """What an error of the engine or of the way to it says, without the layers around it."""
    said = getattr(error, "explanation", None) or str(error)
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return text.removeprefix("Error while fetching server API version: ")


@contextmanager
def engine_work(doing: str, hint: str = "") -> Iterator[None]:
    """Turn the engine's errors into ours; ``doing`` says what it could not do.

    Raises:
        EnvironmentFailed: the block failed.
    """
    try:
        yield
    except ENGINE_ERRORS as error:
        raise EnvironmentFailed(
            f"the container engine cannot {doing}: {brief(error)}",
            where=Form.CONTAINER.value,
            hint=hint,
        ) from error


def inspect(container: str) -> dict[str, Any]:
    """What the engine knows of a container."""
    found: dict[str, Any] = connect().client.api.inspect_container(container)
    return found


def health_of(container: str) -> str:
    """``healthy``, ``unhealthy``, ``starting``; ``""`` when it is not known."""
    try:
        return str(inspect(container)["State"].get("Health", {}).get("Status", ""))
    except (*ENGINE_ERRORS, EnvironmentFailed):
        return ""


def last_health_output(container: str) -> str:
    """What its health check said last."""
    try:
        log = inspect(container)["State"].get("Health", {}).get("Log") or []
    except ENGINE_ERRORS:
        return ""
    return str(log[-1].get("Output", "")).strip() if log else ""


def ignoring_absence(call: Callable[[], object]) -> None:
    """Remove something that another sweeper may remove at the same time."""
    try:
        call()
    except docker_errors.NotFound:
        return
    except docker_errors.APIError as error:
        if "already in progress" not in brief(error):
            raise


__all__ = [
    "Container",
    "DockerClient",
    "ENGINE_ERRORS",
    "HINT",
    "brief",
    "connect",
    "docker_errors",
    "engine_work",
    "health_of",
    "ignoring_absence",
    "inspect",
    "last_health_output",
]
