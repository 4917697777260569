"""Backends: where a system runs, and so what the gate can do to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Form(StrEnum):
    """What a service is in a backend; decides which keys of a Compose file can be honoured.

    The values are the words of ``x-harness.requires``, and the names of the backends that came
    first with each form.
    """

    CONTAINER = "docker"
    PROCESS = "process"
    FOREIGN = "attach"  # the gate did not start it


class Capability(StrEnum):
    """Something a backend can do. A fault declares which of them it needs."""

    SIGNAL = "signal"
    START = "start"
    FAULT_PROXY = "fault-proxy"
    PRELOAD = "preload"
    LIMITS = "limits"
    NETWORK = "network"
    MOUNTS = "mounts"

    @property
    def meaning(self) -> str:
        """One sentence for the documents and for error messages."""
        return _MEANINGS[self]


_MEANINGS = {
    Capability.SIGNAL: "the processes of a service run on this machine and can be signalled",
    Capability.START: "services are started, supervised and started again by the gate",
    Capability.FAULT_PROXY: "declared edges go through the fault proxy",
    Capability.PRELOAD: "a service can be started with the preloaded shared object",
    Capability.LIMITS: "limits of a running service (CPU, memory, processes) can be changed",
    Capability.NETWORK: "a service has a network namespace of its own",
    Capability.MOUNTS: "a service has mounts of its own",
}


class Backend(Protocol):
    """Where a system runs. The objects are in ``gonogo.backends``."""

    @property
    def name(self) -> str:
        """As ``--backend`` takes it and reports show it."""

    @property
    def form(self) -> Form:
        """What a service is in it."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What it can do."""

    def prepare_removal(self) -> None:
        """Import what ``remove_run`` needs, so that a watchdog loses no time when it must act."""

    def remove_run(
        self, run: str, *, limit_s: float, quiet_s: float = 0.0
    ) -> tuple[list[str], list[str]]:
        """Remove what a run has besides processes, such as containers; safe to repeat.

        Args:
            run: run id.
            limit_s: give up after this long.
            quiet_s: for how long nothing must be found before it counts as nothing.

        Returns:
            What was removed, and what is left, in words.
        """


@dataclass(frozen=True, slots=True)
class NoopBackend:
    """A backend that can do nothing: every fault that needs something is refused there."""

    name: str = "noop"
    form: Form = Form.FOREIGN
    capabilities: frozenset[Capability] = frozenset()

    def prepare_removal(self) -> None:
        """Nothing to prepare."""

    def remove_run(
        self, run: str, *, limit_s: float, quiet_s: float = 0.0
    ) -> tuple[list[str], list[str]]:
        """There is nothing to remove."""
        return [], []


def missing_capabilities(backend: Backend, needs: Iterable[Capability]) -> list[Capability]:
    """Those of ``needs`` that the backend does not have, in the order of ``Capability``."""
    lacked = set(needs) - backend.capabilities
    return [each for each in Capability if each in lacked]
