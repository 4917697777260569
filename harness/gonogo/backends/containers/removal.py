"""Removing a run's containers, networks and volumes, found by their labels."""

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from gonogo.backends.containers.engine import (
    ENGINE_ERRORS,
    brief,
    connect,
    ignoring_absence,
)
from gonogo.backends.containers.labels import LABEL_PID, LABEL_RUN
from gonogo.backends.containers.parallel import in_parallel
from gonogo.linux.stat import read_stat
from gonogo.linux.waiting import wait_until
from gonogo.vocabulary import EnvironmentFailed

Removal = tuple[str, Callable[[], object]]

_LOOK_EVERY_S = 0.05


def resources_of_run(run: str) -> list[str]:
    """Everything of the run the engine still has, in words.

    Raises:
        OSError: the engine does not answer (or one of its client's own errors).
    """
    containers, rest = _removals(run)
    return [name for name, _ in [*containers, *rest]]


def remove_run(run: str, *, limit_s: float, quiet_s: float = 0.0) -> tuple[list[str], list[str]]:
    """Remove everything of the run until nothing is found: a creation may still be under way.

    Root helpers that were never started, because their owner was killed, are removed too: they
    have no run label.

    Args:
        run: run id.
        limit_s: give up after this long.
        quiet_s: for how long nothing must be found before it counts as nothing.

    Returns:
        What was removed, and what is still there, in words.
    """
    deadline = time.monotonic() + limit_s
    removed: dict[str, None] = {}
    left: list[str] = []

    def found_some() -> bool:
        try:
            left[:] = resources_of_run(run)
        except (*ENGINE_ERRORS, EnvironmentFailed) as error:
            left[:] = [f"what the engine has of the run; it does not answer: {brief(error)}"]
        return bool(left)

    while wait_until(found_some, quiet_s, _LOOK_EVERY_S):
        # What could not be removed is found again.
        with contextlib.suppress(*ENGINE_ERRORS, EnvironmentFailed):
            removed |= dict.fromkeys(_remove_once(run))
        if time.monotonic() > deadline:
            found_some()
            break
    if not left:  # otherwise the engine may not answer: no second wait for it
        with contextlib.suppress(*ENGINE_ERRORS, EnvironmentFailed):
            removed |= dict.fromkeys(_remove(_abandoned()))
    return list(removed), left


def _remove_once(run: str) -> list[str]:
    containers, rest = _removals(run)
    removed = _remove(containers)
    for _, remove in rest:
        ignoring_absence(remove)
    return [*removed, *(name for name, _ in rest)]


def _remove(containers: Sequence[Removal]) -> list[str]:
    in_parallel(partial(ignoring_absence, remove) for _, remove in containers)
    return [name for name, _ in containers]


def _abandoned() -> list[Removal]:
    made = connect().client.api.containers(
        all=True, filters={"label": LABEL_PID, "status": "created"}
    )
    return [
        _removal_of(each)
        for each in made
        if LABEL_RUN not in each["Labels"] and read_stat(int(each["Labels"][LABEL_PID])) is None
    ]


def _removal_of(container: Mapping[str, Any]) -> Removal:
    remove = connect().client.api.remove_container
    name = f"container {container['Names'][0].lstrip('/')}"
    return name, partial(remove, container["Id"], force=True, v=True)


def _removals(run: str) -> tuple[list[Removal], list[Removal]]:
    api = connect().client.api
    marked = {"label": f"{LABEL_RUN}={run}"}
    containers = [_removal_of(each) for each in api.containers(all=True, filters=marked)]
    networks: list[Removal] = [
        (f"network {each['Name']}", partial(api.remove_network, each["Id"]))
        for each in api.networks(filters=marked)
    ]
    volumes: list[Removal] = [
        (f"volume {each['Name']}", partial(api.remove_volume, each["Name"], force=True))
        for each in api.volumes(filters=marked)["Volumes"] or ()
    ]
    return containers, networks + volumes
