"""The run directory: its plan, and finding the newest one."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gonogo.vocabulary import NothingRan, Plan, Profile, UsageError

PLAN = "plan.json"


def write_plan(run_dir: Path, plan: Plan) -> None:
    """Write ``plan.json`` atomically and durably."""
    run_dir.mkdir(parents=True, exist_ok=True)
    write_json_atomically(run_dir / PLAN, asdict(plan))


def read_plan(run_dir: Path) -> Plan:
    """Read ``plan.json`` back.

    Raises:
        UsageError: not a run directory.
        NothingRan: the run ended before it had a plan.
    """
    if not run_dir.is_dir():
        raise UsageError(
            f"{run_dir} is not a run directory",
            alternatives=[str(path) for path in newest_runs(run_dir.parent)[:3]],
            hint="name a directory below reports/runs/",
        )
    path = run_dir / PLAN
    if not path.exists():
        raise NothingRan(
            "this run has no plan: it ended before anything was started", where=str(path)
        )
    raw = json.loads(path.read_text())
    profile = {key: _tuple(value) for key, value in raw.pop("profile").items()}
    return Plan(profile=Profile(**profile), **{key: _tuple(value) for key, value in raw.items()})


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def newest_runs(runs_dir: Path) -> list[Path]:
    """Run directories below ``runs_dir``, newest first."""
    if not runs_dir.is_dir():
        return []
    runs = [path.parent for path in runs_dir.glob(f"*/{PLAN}")]
    return sorted(runs, key=lambda path: path.name, reverse=True)


def write_json_atomically(path: Path, value: object) -> None:
    """Replace ``path`` with the JSON of ``value``; readers see the old or the new, whole."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w") as file:
        json.dump(value, file, indent=1, default=str)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
