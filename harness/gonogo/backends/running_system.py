"""The system seen from another process than the one that owns it."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from gonogo.backends.readiness_file import read_readiness
from gonogo.backends.registry import by_name
from gonogo.backends.system_view import SystemView
from gonogo.ownership.control_channel import ask_start
from gonogo.ownership.snapshot import Snapshot, read_snapshot
from gonogo.target import Readiness
from gonogo.vocabulary import UsageError


class RunningSystem(SystemView):
    """A run that another process owns, by its directory. Always the newest state.

    Args:
        run_dir: the run directory.

    Raises:
        UsageError: nothing runs there.
    """

    def __init__(self, run_dir: Path) -> None:
        snapshot = read_snapshot(run_dir)
        if snapshot.phase in ("ended", "swept"):
            raise UsageError(
                f"the run in {run_dir} has ended",
                where=str(run_dir),
                hint="gonogo up starts a system that stays",
            )
        super().__init__(run_dir, snapshot.run, by_name(snapshot.backend))

    def snapshot(self) -> Snapshot:
        """The system now, as its owner last wrote it."""
        return read_snapshot(self.run_dir)

    def start(self, service: str, *, timeout_s: float) -> None:
        """Ask the owner to start a service and wait until it is ready.

        Raises:
            EnvironmentFailed: the owner is gone.
            SystemNotReady: the service exited, or was not ready in time.
        """
        self._service(service)
        ask_start(self.run_dir, service, timeout_s)

    def _readiness(self) -> Mapping[str, Readiness | None]:
        return self._read_readiness

    @cached_property
    def _read_readiness(self) -> Mapping[str, Readiness | None]:
        return read_readiness(self.run_dir)
