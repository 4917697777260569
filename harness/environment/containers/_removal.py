"""Removing what a run has in the engine: containers, networks, volumes, by their marks."""

import contextlib
import time
from collections.abc import Callable
from functools import partial

from harness.environment._waiting import wait_until
from harness.environment.containers._engine import (
    ENGINE_ERRORS,
    brief,
    connect,
    ignoring_absence,
)
from harness.environment.containers._labels import LABEL_RUN
from harness.environment.containers._parallel import in_parallel
from harness.vocabulary import EnvironmentFailed

Removal = tuple[str, Callable[[], object]]

_LOOK_EVERY_S = 0.05


def things_of_run(run: str) -> list[str]:
    """Everything of the run the engine still has, in words.

    Raises:
        OSError: the engine does not answer (or one of its client's own errors).
    """
    containers, rest = _removals(run)
    return [name for name, _ in [*containers, *rest]]


def remove_run(run: str, *, limit_s: float, quiet_s: float = 0.0) -> tuple[list[str], list[str]]:
    """Remove everything of the run, again and again: a creation may still be under way.

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
            left[:] = things_of_run(run)
        except (*ENGINE_ERRORS, EnvironmentFailed) as error:
            left[:] = [f"whatever the container engine has, which does not answer: {brief(error)}"]
        return bool(left)

    while wait_until(found_some, quiet_s, _LOOK_EVERY_S):
        # What could not be removed is found again.
        with contextlib.suppress(*ENGINE_ERRORS, EnvironmentFailed):
            removed |= dict.fromkeys(_remove_once(run))
        if time.monotonic() > deadline:
            found_some()
            break
    return list(removed), left


def _remove_once(run: str) -> list[str]:
    containers, rest = _removals(run)
    in_parallel(partial(ignoring_absence, remove) for _, remove in containers)
    for _, remove in rest:
        ignoring_absence(remove)
    return [name for name, _ in [*containers, *rest]]


def _removals(run: str) -> tuple[list[Removal], list[Removal]]:
    api = connect().client.api
    marked = {"label": f"{LABEL_RUN}={run}"}
    containers: list[Removal] = [
        (f"container {each['Names'][0].lstrip('/')}",
         partial(api.remove_container, each["Id"], force=True, v=True))
        for each in api.containers(all=True, filters=marked)
    ]  # fmt: skip
    networks: list[Removal] = [
        (f"network {each['Name']}", partial(api.remove_network, each["Id"]))
        for each in api.networks(filters=marked)
    ]
    volumes: list[Removal] = [
        (f"volume {each['Name']}", partial(api.remove_volume, each["Name"], force=True))
        for each in api.volumes(filters=marked)["Volumes"] or ()
    ]
    return containers, networks + volumes
