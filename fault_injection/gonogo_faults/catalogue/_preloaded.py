"""Common to the faults that use the shared object a service was started with."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gonogo.linux import as_root_where_refused, has_mapped
from gonogo.services import PreloadState, open_preload
from gonogo.vocabulary import Capability, EnvironmentFailed, Evidence, System, Undo
from gonogo_faults.catalogue._service_fault import ServiceFault
from gonogo_faults.undo import PreloadedService

_NAME = "gonogo_preload.so"


def not_preloaded(system: System, service: str) -> str:
    """Why the shared object of a service cannot be used, ``""`` when it can.

    Raises:
        EnvironmentFailed: it is down, which says nothing about this machine or its image.
    """
    if system.preload(service) is None:
        return f"x-harness.services.{service}.preload is not set"
    processes = system.processes(service)
    if not processes:
        raise EnvironmentFailed(f"service {service} is down", where=f"service {service}")
    # The engine's init is a static program, and the first process of its container.
    if any(_has_loaded(each.pid) for each in processes):
        return ""
    return f"service {service} did not load {_NAME}: it is static, or not linked to glibc"


@as_root_where_refused
def _has_loaded(pid: int) -> bool:
    return has_mapped(pid, _NAME)


def preload_of(system: System, service: str) -> Path:
    """The file that the gate shares with the shared object; call ``not_preloaded`` first."""
    path = system.preload(service)
    assert path is not None  # noqa: S101 - see above
    return path


class PreloadFault(ServiceFault):
    """A fault that changes what the shared object does; the object counts its effects.

    Attributes:
        shows: whether every service soon shows by itself that it is no longer affected.
    """

    needs = frozenset({Capability.PRELOAD})
    shows = True

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        super().__init__(parameters)
        self._before: dict[str, int] = {}
        self._unaffected_before: dict[str, int] = {}

    def lacking(self, system: System, services: Sequence[str]) -> str:
        """Why it cannot be injected here, ``""`` when it can."""
        return next(filter(None, (not_preloaded(system, each) for each in services)), "")

    def arm(self, system: System, services: Sequence[str]) -> None:
        """Set it in the file of each service."""
        for service in services:
            with open_preload(preload_of(system, service)) as shared:
                self._apply(shared)

    def plan(self, system: System, services: Sequence[str]) -> Undo:
        """Record what was counted so far, and the file of each service."""
        for service in services:
            with open_preload(preload_of(system, service)) as shared:
                self._before[service] = self._affected(shared)
        return self._undo(
            tuple(PreloadedService(each, str(preload_of(system, each))) for each in services)
        )

    def _observe(self, system: System, service: str) -> Evidence:
        with open_preload(preload_of(system, service)) as shared:
            hits = self._affected(shared) - self._before[service]
            return Evidence(
                hits > 0 and self._is_applied(shared), f"{service} {self._describe(hits)}"
            )

    def _recovered(self, system: System, service: str) -> Evidence:
        with open_preload(preload_of(system, service)) as shared:
            if self._is_applied(shared):
                return Evidence(False, f"{service}: {self.name} is still armed")
            # The first look after the undo only notes the count that the later ones compare with.
            now = self._unaffected(shared)
            before = self._unaffected_before.setdefault(service, now)
        if self.shows and now == before:
            return Evidence(False, f"{service}: not shown yet that it is no longer affected")
        ready = system.is_ready(service)
        return Evidence(ready, f"{service}: not affected any more, {'' if ready else 'not '}ready")

    @abstractmethod
    def _undo(self, services: tuple[PreloadedService, ...]) -> Undo: ...

    @abstractmethod
    def _apply(self, shared: PreloadState) -> None: ...

    @abstractmethod
    def _is_applied(self, shared: PreloadState) -> bool: ...

    @abstractmethod
    def _affected(self, shared: PreloadState) -> int: ...

    @abstractmethod
    def _unaffected(self, shared: PreloadState) -> int: ...

    @abstractmethod
    def _describe(self, hits: int) -> str: ...
