"""``RUN/state/readiness.json``: how readiness is checked, for other processes than the owner."""

from pathlib import Path

from gonogo.observation import from_json, write_json_atomically
from gonogo.ownership.state_dir import state_path
from gonogo.target import Readiness, Target
from gonogo.vocabulary import UsageError

_READINESS = "readiness.json"


def write_readiness(run_dir: Path, target: Target) -> None:
    """Write it to the private state: what a check sends may be secret."""
    ready = {name: each.ready for name, each in target.services.items()}
    write_json_atomically(state_path(run_dir) / _READINESS, ready)


def read_readiness(run_dir: Path) -> dict[str, Readiness | None]:
    """The readiness check of each service.

    Raises:
        UsageError: the run has ended.
    """
    path = state_path(run_dir) / _READINESS
    try:
        return from_json(path.read_bytes(), dict[str, Readiness | None])
    except FileNotFoundError:
        raise UsageError(f"the run in {run_dir} has ended", where=str(path)) from None
