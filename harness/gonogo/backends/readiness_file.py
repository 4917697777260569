"""``RUN/state/readiness.json``: how readiness is looked at, for other processes than the owner."""

import json
from dataclasses import asdict
from pathlib import Path

from gonogo.observation import write_json_atomically
from gonogo.ownership.state_dir import state_path
from gonogo.target import Readiness, Target
from gonogo.vocabulary import UsageError

_READINESS = "readiness.json"


def write_readiness(run_dir: Path, target: Target) -> None:
    """Write how readiness is seen; in the private state because what it sends may be secret."""
    ready = {name: each.ready and asdict(each.ready) for name, each in target.services.items()}
    write_json_atomically(state_path(run_dir) / _READINESS, ready)


def read_readiness(run_dir: Path) -> dict[str, Readiness | None]:
    """How readiness of each service is seen.

    Raises:
        UsageError: the run has ended.
    """
    path = state_path(run_dir) / _READINESS
    try:
        raw = json.loads(path.read_text())
    except FileNotFoundError:
        raise UsageError(f"the run in {run_dir} has ended", where=str(path)) from None
    return {name: each and _ready(each) for name, each in raw.items()}


def _ready(raw: dict[str, object]) -> Readiness:
    http = raw.pop("http")
    pair = (int(http[0]), str(http[1])) if isinstance(http, list) else None
    return Readiness(http=pair, **raw)  # type: ignore[arg-type] # as asdict wrote them
