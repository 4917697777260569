"""Starting services that a fault has ended and that nothing else starts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from gonogo.linux import wait_until
from gonogo.vocabulary import Resource, System

# A service that needs longer to come up misses any sensible recovery objective.
_START_S_MAX = 60.0
# A service that met its memory limit may answer late, and the kernel may end it after the limit is
# restored: until then it is neither ready nor down.
_SETTLE_S_MAX = 60.0
# A policy may restart after a failure but not after a clean exit. The owner knows which it was once
# it has cleaned up after the exit: after milliseconds, or seconds on a busy engine.
_POLICY_S_MAX = 5.0
# Without a policy: after its SIGKILL, or at its limit, a process still exists for a moment.
_EXIT_S_MAX = 0.5


@dataclass(frozen=True, slots=True)
class StartServices:
    """Start what a fault has ended.

    Attributes:
        services: those whose processes the fault ends.
        start: those of them that are started when they stay down; the others are left to their
            restart policies.
    """

    services: tuple[str, ...]
    start: tuple[str, ...]

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The processes of each service."""
        return tuple(("processes", each) for each in self.services)

    def execute(self, system: System | None) -> None:
        """Start the services that are down and stay down."""
        start_what_stays_down(system, self.start)


def start_what_stays_down(system: System | None, services: Sequence[str]) -> None:
    """Start services that are down and that no restart policy brings back.

    Args:
        system: None when its owner is gone: then no process is left that could start a service.
        services: names of the services; one that runs is left alone.

    Raises:
        HarnessError: a service could not be started.
    """
    for service in services:
        if system is not None and _stays_down(system, service):
            system.start(service, timeout_s=_START_S_MAX)


def wait_until_ready_or_down(system: System | None, services: Sequence[str]) -> None:
    """Wait until services that no restart policy brings back are ready or have ended.

    Args:
        system: None when its owner is gone: then there is nothing to wait for.
        services: names of the services.
    """
    for service in services:
        if system is not None and not system.restarts_itself(service):
            wait_until(partial(_is_ready_or_down, system, service), _SETTLE_S_MAX)


def _is_ready_or_down(system: System, service: str) -> bool:
    return system.is_ready(service) or not system.processes(service)


def _stays_down(system: System, service: str) -> bool:
    """Wait until the service has settled; says whether it is down and no policy starts it."""

    def is_down() -> bool:
        return not system.processes(service)

    def is_decided() -> bool:
        return not is_down() or not system.restarts_itself(service)

    # A policy that has not restarted it by then is still waiting to do so.
    if not wait_until(is_decided, _POLICY_S_MAX) or system.restarts_itself(service):
        return False
    return wait_until(is_down, _EXIT_S_MAX)
