"""The containers of a run, for faults: found by their labels, never by a name or an id.

A container that was recreated during a fault is found, and one of another run never is.
Importing this module imports the engine's client.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from gonogo.backends.containers.engine import connect, docker_errors, engine_work, inspect
from gonogo.backends.containers.labels import LABEL_RUN, LABEL_SERVICE
from gonogo.linux.waiting import wait_until


@dataclass(frozen=True, slots=True)
class RunContainer:
    """A container of a run.

    Attributes:
        id: the engine's id.
        pid: its main process as this machine numbers it, 0 when it is down.
        address: its IP on the run's network, ``""`` when it is down.
        limits: its limits, by the names ``set_limits`` takes; 0 or -1 where there is none.
        short_of_memory: whether its last life ended for a lack of memory.
    """

    id: str
    pid: int
    address: str
    limits: Mapping[str, int]
    short_of_memory: bool


# The engine's answer to a limit below what the container holds: trying again does not help.
_HELD = "unable to set memory limit"
_DOWN_S_MAX = 5.0
_LIMITS = ("CpuQuota", "Memory", "NanoCpus", "PidsLimit")


def containers_of(run: str, service: str) -> list[RunContainer]:
    """Every container of a service of that run, running ones first.

    Raises:
        EnvironmentFailed: the engine does not answer.
    """
    marks = [f"{LABEL_RUN}={run}", f"{LABEL_SERVICE}={service}"]
    found: list[RunContainer] = []
    with engine_work(f"list the containers of service {service}"):
        for each in connect().client.api.containers(all=True, filters={"label": marks}):
            try:
                found.append(_container(each["Id"]))
            except docker_errors.NotFound:  # it was removed in between
                continue
    return sorted(found, key=lambda each: each.pid == 0)


def set_limits(container: RunContainer, limits: Mapping[str, int]) -> None:
    """Change limits of a container, running or not; one that has gone needs nothing.

    Args:
        container: from ``containers_of``.
        limits: ``CpuQuota`` (µs in each 100 ms), ``NanoCpus``, ``Memory`` (bytes, swap
            included) or ``PidsLimit``; -1 for none, but memory can only be moved.

    Raises:
        EnvironmentFailed: the engine refuses.
    """
    wanted = dict(limits)
    if "Memory" in wanted:
        wanted["MemorySwap"] = wanted["Memory"]
    api: Any = connect().client.api
    with engine_work(f"set {json.dumps(limits)}"):
        # Not by update_container(): it knows no limit of processes.
        url = api._url("/containers/{0}/update", container.id)
        answer = api._post_json(url, data=wanted)
        failed = answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        # A container that is ending cannot be changed; one that the engine knows to be down can.
        ending = failed and _HELD not in answer.text
        if ending and wait_until(partial(_is_down, container.id), _DOWN_S_MAX):
            answer = api._post_json(url, data=wanted)
        if answer.status_code != HTTPStatus.NOT_FOUND:
            api._raise_for_status(answer)


def _is_down(container: str) -> bool:
    return not inspect(container)["State"]["Running"]


def _container(container: str) -> RunContainer:
    found = inspect(container)
    networks = found["NetworkSettings"]["Networks"].values()
    limits = {name: int(found["HostConfig"].get(name) or 0) for name in _LIMITS}
    address = next((each["IPAddress"] for each in networks if each["IPAddress"]), "")
    state = found["State"]
    return RunContainer(container, int(state["Pid"]), address, limits, bool(state["OOMKilled"]))
