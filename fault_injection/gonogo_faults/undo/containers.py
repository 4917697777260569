"""The containers that an undo concerns: found by the marks of their run, never by name or id."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gonogo.backends.containers.run_containers import RunContainer


def all_containers(run: str, service: str) -> "list[RunContainer]":
    """Every container of a service, running or not.

    Raises:
        EnvironmentFailed: the engine does not answer.
    """
    # Only an undo of a run in containers imports the engine's client.
    from gonogo.backends.containers.run_containers import containers_of  # noqa: PLC0415

    return containers_of(run, service)


def running_containers(run: str, service: str) -> "list[RunContainer]":
    """Those of them with a main process.

    Raises:
        EnvironmentFailed: the engine does not answer.
    """
    return [each for each in all_containers(run, service) if each.pid]
