"""Undo what dead runs left behind, and delete old run directories."""

import shutil
from collections.abc import Callable
from pathlib import Path

from gonogo.gate.owner import living_elsewhere, sweep_dead
from gonogo.ownership import read_owner
from gonogo.vocabulary import EnvironmentFailed, UsageError
from gonogo_faults import heal_all, open_intents

Say = Callable[[str], object]  # gets each line of what was done


def heal_dead_runs(runs_dir: Path, say: Say) -> None:
    """Undo what killed runs left armed or running; runs that live are left alone.

    Raises:
        EnvironmentFailed: something could not be undone.
    """
    swept = sweep_dead(runs_dir)
    for each in swept:
        say(f"{each.run_dir}: {each}")
    for line in living_elsewhere(runs_dir):
        say(line)
    if not swept:
        say(f"nothing to heal below {runs_dir}")
    stuck = [each for each in swept if each.left or each.trouble or not each.clean]
    if stuck:
        raise EnvironmentFailed(str(stuck[0]), where=str(stuck[0].run_dir))


def heal_run(run_dir: Path, say: Say) -> None:
    """Undo the faults armed in one run, even while it lives.

    In a run that lives the process that armed a fault stops its own part of it.

    Raises:
        UsageError: it is no run directory.
        EnvironmentFailed: something could not be undone.
    """
    if not any((run_dir / each).exists() for each in ("plan.json", "environment.json")):
        raise UsageError(
            f"{run_dir} is no run directory", where="gonogo heal", hint="reports/runs/<run-id>"
        )
    healed = heal_all(run_dir)
    for each in healed:
        say(f"{run_dir}: fault {each.label} ({each.fault}) undone")
    left = open_intents(run_dir)
    if left:
        raise EnvironmentFailed(f"fault {left[0].label} cannot be undone", where=str(run_dir))
    if not healed:
        say(f"nothing is armed in {run_dir}")


def delete_old_runs(runs_dir: Path, keep: int, say: Say) -> None:
    """Heal, then delete all but the newest runs; a run that lives is never deleted.

    Raises:
        UsageError: ``keep`` is negative.
        EnvironmentFailed: something could not be undone.
    """
    if keep < 0:
        raise UsageError(f"cannot keep {keep} runs", where="--keep", hint="0 or more")
    heal_dead_runs(runs_dir, say)
    runs = sorted((path.parent for path in runs_dir.glob("*/events")), key=_age)
    old = [path for path in runs[keep:] if read_owner(path) is None]
    for path in old:
        shutil.rmtree(path)
    say(f"deleted {len(old)} runs, kept the newest {keep}")


def _age(run_dir: Path) -> float:
    return -run_dir.stat().st_mtime
