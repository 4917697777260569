"""``RUN/environment.json``: the system as other processes find it by the run directory."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gonogo.observation import from_json, write_json_atomically
from gonogo.vocabulary import ProcessIdentity, UsageError

ENVIRONMENT_FILE = "environment.json"


@dataclass(frozen=True, slots=True)
class ServiceSnapshot:
    """One service now.

    Attributes:
        ports: container ports, those it declares first.
        endpoints: container port to host and port at which it answers here.
        restarts_itself: whether a kill now would be followed by a restart; not once it stays down.
        up: whether its main process runs.
        main: main process of the current or last incarnation, None before the first.
        incarnation: how often it was started.
        log: its output, relative to the run directory.
        log_offset: where the current incarnation's output begins.
        container: id of its container, ``""`` for a local process.
        health_checked: whether its container has a health check.
    """

    ports: tuple[int, ...]
    endpoints: Mapping[int, tuple[str, int]]
    restarts_itself: bool
    up: bool
    main: ProcessIdentity | None
    incarnation: int
    log: str
    log_offset: int
    container: str = ""
    health_checked: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A run's environment now.

    Attributes:
        run: run id.
        backend: name of the backend.
        boot: boot the pids belong to.
        phase: ``starting``, ``running``, ``stopping``, ``ended`` or ``swept``.
        services: by name.
    """

    run: str
    backend: str
    boot: str
    phase: str
    services: Mapping[str, ServiceSnapshot]

    def mains(self) -> list[ProcessIdentity]:
        """Main process of each service that was ever started."""
        return [each.main for each in self.services.values() if each.main is not None]


def write_snapshot(run_dir: Path, snapshot: Snapshot) -> None:
    """Replace the file; readers see the old or the new, whole. One writer at a time."""
    write_json_atomically(run_dir / ENVIRONMENT_FILE, snapshot)


def read_snapshot(run_dir: Path) -> Snapshot:
    """Read the file.

    Raises:
        UsageError: there is none.
        ValueError: it is damaged.
    """
    path = run_dir / ENVIRONMENT_FILE
    try:
        return from_json(path.read_bytes(), Snapshot)
    except FileNotFoundError:
        raise UsageError(
            f"{run_dir} has no system to attach to",
            where=str(path),
            hint="name the directory of a run that is going on: reports/runs/<run-id>",
        ) from None
