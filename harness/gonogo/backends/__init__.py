"""Backends: how a system is started (local processes, containers) or attached to."""

from gonogo.backends.backend import SystemBackend
from gonogo.backends.registry import (
    ATTACHED,
    AUTO,
    BACKENDS,
    CONTAINERS,
    PROCESSES,
    backends_for,
    by_name,
    check_choice,
    choices,
    choose,
)
from gonogo.backends.running_system import RunningSystem
from gonogo.backends.supervised_environment import SupervisedEnvironment
from gonogo.backends.table import capability_table
from gonogo.linux import RootHelper, set_root_helper


def _start_root_helper() -> RootHelper:
    # Only a process that needs the helper pays for the engine's client.
    from gonogo.backends.containers.root_helper import root_helper  # noqa: PLC0415

    return root_helper()


# Every process that can reach a system imports this package, so no caller can forget this.
set_root_helper(_start_root_helper)

__all__ = [
    "ATTACHED",
    "AUTO",
    "BACKENDS",
    "CONTAINERS",
    "PROCESSES",
    "RunningSystem",
    "SupervisedEnvironment",
    "SystemBackend",
    "backends_for",
    "by_name",
    "capability_table",
    "check_choice",
    "choices",
    "choose",
]
