"""``gonogo heal`` and ``gonogo clean``: nothing armed, nothing running, no heap of old runs."""

import shutil
from pathlib import Path

from gonogo.gate.owner import living_elsewhere, sweep_dead
from gonogo.ownership import read_owner
from gonogo.vocabulary import EnvironmentFailed, ExitCode, UsageError
from gonogo_faults import heal_all, open_intents


def heal(runs_dir: Path) -> int:
    """Take back what killed runs left armed or running; live runs are left alone.

    Raises:
        EnvironmentFailed: something could not be taken back.
    """
    swept = sweep_dead(runs_dir)
    for each in swept:
        _say(f"{each.run_dir}: {each}")
    for line in living_elsewhere(runs_dir):
        _say(line)
    if not swept:
        _say(f"nothing to heal below {runs_dir}")
    stuck = [each for each in swept if each.left or each.trouble or not each.clean]
    if stuck:
        raise EnvironmentFailed(str(stuck[0]), where=str(stuck[0].run_dir))
    return ExitCode.GO


def heal_run(run_dir: Path) -> int:
    """Take back what is armed in one run, also while it lives: who armed it ends its own part.

    Raises:
        UsageError: it is no run directory.
        EnvironmentFailed: something could not be taken back.
    """
    if not any((run_dir / each).exists() for each in ("plan.json", "environment.json")):
        raise UsageError(
            f"{run_dir} is no run directory", where="gonogo heal", hint="reports/runs/<run-id>"
        )
    healed = heal_all(run_dir)
    for each in healed:
        _say(f"{run_dir}: fault {each.label} ({each.fault}) taken back")
    left = open_intents(run_dir)
    if left:
        raise EnvironmentFailed(f"fault {left[0].label} cannot be taken back", where=str(run_dir))
    if not healed:
        _say(f"nothing is armed in {run_dir}")
    return ExitCode.GO


def clean(runs_dir: Path, *, keep: int) -> int:
    """Heal, then delete all but the newest runs; a run that lives is never deleted.

    Raises:
        UsageError: ``keep`` is negative.
        EnvironmentFailed: something could not be taken back.
    """
    if keep < 0:
        raise UsageError(f"cannot keep {keep} runs", where="--keep", hint="0 or more")
    heal(runs_dir)
    runs = sorted((path.parent for path in runs_dir.glob("*/events")), key=_age)
    old = [path for path in runs[keep:] if read_owner(path) is None]
    for path in old:
        shutil.rmtree(path)
    _say(f"deleted {len(old)} runs, kept the newest {keep}")
    return ExitCode.GO


def _age(run_dir: Path) -> float:
    return -run_dir.stat().st_mtime


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - its user interface
