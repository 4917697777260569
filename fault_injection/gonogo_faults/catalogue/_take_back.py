"""Taking back what was done to containers and limits; every way may be gone twice."""

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from gonogo.services import open_preload
from gonogo.vocabulary import System, Undo
from gonogo_faults.catalogue._mounts import remount, remove
from gonogo_faults.catalogue._netns import delete_rules
from gonogo_faults.catalogue._numbers import restore


def take_back(undo: Undo, system: System | None) -> None:
    """Carry out an undo of one of ``WAYS``.

    Args:
        undo: what to do, complete with the run whose containers it may touch.
        system: None when its owner is gone.

    Raises:
        EnvironmentFailed: the engine or the kernel refuses.
        OSError: the kernel refuses.
    """
    WAYS[undo.kind](undo, system)


def _delete_rules(undo: Undo, _: System | None) -> None:
    from gonogo.backends.containers.run_containers import containers_of  # noqa: PLC0415 - process runs

    for service in undo.services:
        for container in containers_of(undo.run, service):
            if container.pid:
                delete_rules(container.pid, undo.tag)


def _set_limits(undo: Undo, _: System | None) -> None:
    from gonogo.backends.containers.run_containers import (  # noqa: PLC0415 - process runs
        containers_of,
        set_limits,
    )

    for each in undo.before:
        for container in containers_of(undo.run, each.service):
            set_limits(container, {each.name: each.value})


def _remove_ballast(undo: Undo, _system: System | None) -> None:
    from gonogo.backends.containers.run_containers import containers_of  # noqa: PLC0415 - process runs

    for each in undo.before:
        for container in containers_of(undo.run, each.service):
            parent, _, name = each.name.rpartition("/")
            remove(container.pid, parent, name)


def _make_writable(undo: Undo, _: System | None) -> None:
    from gonogo.backends.containers.run_containers import containers_of  # noqa: PLC0415 - process runs

    for each in undo.before:
        for container in containers_of(undo.run, each.service):
            if container.pid:
                remount(container.pid, each.name, read_only=False)


def _restore_descriptors(undo: Undo, system: System | None) -> None:
    limits = {each.service: each.value for each in undo.before}
    known = [(each, limits[f"pid {each.pid}"]) for each in undo.processes]
    since = [
        (each, limits[service])
        for service in undo.services
        for each in (system.processes(service) if system else ())
        if each not in undo.processes
    ]
    for identity, soft in [*known, *since]:
        restore(identity, soft)


def _set_clocks_right(undo: Undo, _: System | None) -> None:
    for each in undo.before:
        # Without its file the run is over, and so is every process that read it.
        with contextlib.suppress(FileNotFoundError), open_preload(Path(each.name)) as shared:
            shared.set_clock(0, 0, 0)


def _end_sync_delays(undo: Undo, _: System | None) -> None:
    for each in undo.before:
        with contextlib.suppress(FileNotFoundError), open_preload(Path(each.name)) as shared:
            shared.delay_syncs(0)


WAYS: Mapping[str, Callable[[Undo, System | None], None]] = MappingProxyType(
    {
        "ballast": _remove_ballast,
        "clock": _set_clocks_right,
        "descriptors": _restore_descriptors,
        "limits": _set_limits,
        "rules": _delete_rules,
        "syncs": _end_sync_delays,
        "writable": _make_writable,
    }
)
