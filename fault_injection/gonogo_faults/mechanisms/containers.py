"""The containers of a run: found by the marks of their run and service, never by name or id."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gonogo.vocabulary import EnvironmentFailed

# Importing the engine's client takes time, and only faults in containers need it.
if TYPE_CHECKING:
    from gonogo.backends.containers.run_containers import RunContainer


def all_containers(run: str, service: str) -> "list[RunContainer]":
    """Every container of a service, those that run first.

    Raises:
        EnvironmentFailed: the engine does not answer.
    """
    from gonogo.backends.containers.run_containers import containers_of  # noqa: PLC0415 - see above

    return containers_of(run, service)


def running_containers(run: str, service: str) -> "list[RunContainer]":
    """The containers of a service that run.

    Raises:
        EnvironmentFailed: the engine does not answer.
    """
    return [each for each in all_containers(run, service) if each.pid]


def running_container(run: str, service: str) -> "RunContainer":
    """The container of a service that runs.

    Raises:
        EnvironmentFailed: the service is down, or the engine does not answer.
    """
    found = running_containers(run, service)
    if not found:
        raise EnvironmentFailed(f"service {service} has no running container", where=f"run {run}")
    return found[0]


def set_limits(container: "RunContainer", limits: Mapping[str, int]) -> None:
    """Change limits of a container, by the engine's names of them; -1 for no limit.

    Raises:
        EnvironmentFailed: the engine refuses.
    """
    from gonogo.backends.containers import run_containers  # noqa: PLC0415 - see above

    run_containers.set_limits(container, limits)
