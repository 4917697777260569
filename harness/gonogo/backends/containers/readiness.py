"""Readiness of a container: the declared check, and the container's own health check."""

from dataclasses import dataclass

from gonogo.linux.sockets import listens
from gonogo.services.readiness import ReadinessCheck
from gonogo.vocabulary import ProcessIdentity


@dataclass(frozen=True, slots=True)
class ContainerReadinessCheck:
    """The readiness check of a container.

    Attributes:
        declared: checks its published port or its output.
        container: its id.
        health_checked: whether it has a health check, which must hold too.
    """

    declared: ReadinessCheck
    container: str
    health_checked: bool

    def __call__(self, main: ProcessIdentity, log_offset: int) -> bool:
        """Check once; never raises for what it finds."""
        ready = self.declared.ready
        # The engine accepts on a published port before anything listens behind it.
        if ready is not None and ready.tcp is not None and not listens(main.pid, ready.tcp):
            return False
        return self.declared(main, log_offset) and (not self.health_checked or self._is_healthy())

    def _is_healthy(self) -> bool:
        # Only a process that checks containers pays for the engine's client.
        from gonogo.backends.containers.engine import health_of  # noqa: PLC0415

        return health_of(self.container) == "healthy"
