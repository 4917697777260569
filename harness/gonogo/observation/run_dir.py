"""The run directory: its plan, and finding the newest one."""

from pathlib import Path

from gonogo.observation.json_file import from_json, write_json_atomically
from gonogo.vocabulary import NothingRan, Plan, UsageError

PLAN = "plan.json"


def write_plan(run_dir: Path, plan: Plan) -> None:
    """Write ``plan.json`` atomically and durably."""
    run_dir.mkdir(parents=True, exist_ok=True)
    write_json_atomically(run_dir / PLAN, plan)


def read_plan(run_dir: Path) -> Plan:
    """Read ``plan.json`` back.

    Raises:
        UsageError: not a run directory.
        NothingRan: the run ended before it had a plan.
        ValueError: the plan is damaged.
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
    return from_json(path.read_bytes(), Plan)


def newest_runs(runs_dir: Path) -> list[Path]:
    """Run directories below ``runs_dir``, newest first."""
    if not runs_dir.is_dir():
        return []
    runs = [path.parent for path in runs_dir.glob(f"*/{PLAN}")]
    return sorted(runs, key=lambda path: path.name, reverse=True)
