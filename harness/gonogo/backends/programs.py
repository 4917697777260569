"""Programs of this machine that a system needs, looked for before anything is started."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from gonogo.target import Requirement, Target
from gonogo.vocabulary import EnvironmentFailed


def check_programs(target: Target, needed: Iterable[Requirement]) -> None:
    """Look for every program.

    Raises:
        EnvironmentFailed: one is missing; names it, what it is for and its package.
    """
    by_binary: dict[str, Requirement] = {}
    for need in needed:
        by_binary.setdefault(need.binary, need)
    missing = [need for name, need in by_binary.items() if not find_program(name, target.root)]
    if missing:
        raise _missing(missing, target)


def find_program(name: str, root: Path) -> str | None:
    """Absolute path of a program; one with a slash is relative to the target's directory."""
    return shutil.which(str(root / name) if "/" in name else name)


def _missing(missing: Iterable[Requirement], target: Target) -> EnvironmentFailed:
    named = ", ".join(f"{need.binary} ({need.purpose})" for need in missing)
    packages = " ".join(sorted({need.apt for need in missing if need.apt}))
    return EnvironmentFailed(
        f"missing on this machine: {named}",
        where=str(target.file),
        hint=f"apt-get install {packages}" if packages else "install it, or correct the command",
    )
