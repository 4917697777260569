"""One step, and running a program as part of it."""

import hashlib
import os
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

# What building leaves beside its sources, and what a product is not made of.
IGNORED_PARTS = {"target", "__pycache__", ".pytest_cache", "tests", "bench", "node_modules", "dist"}

# Of each end of a failed program's output.
LINES_MAX = 15


class StepFailed(Exception):
    """A step ended with an error; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do.

    Attributes:
        name: as progress shows it.
        inputs: digest of all it depends on; unchanged means done.
        run: does it.
        makes: what must be there afterwards; where it is gone the step is due again.
    """

    name: str
    inputs: str
    run: Callable[[], None]
    makes: Path | None = None


def run_program(command: list[str], cwd: Path | None = None) -> None:
    """Run a program to its end, silently.

    Raises:
        StepFailed: it cannot be started, or ended with another code than 0; holds its last lines.
    """
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False,
            env=environment, stdin=subprocess.DEVNULL, cwd=cwd,
        )  # fmt: skip
    except OSError as error:
        raise StepFailed(f"{' '.join(command[:4])} … cannot be started: {error}") from error
    if done.returncode != 0:
        words = _telling(done.stdout + done.stderr)
        raise StepFailed(f"{' '.join(command[:4])} … ended with {done.returncode}:\n{words}")


def _telling(output: str) -> str:
    """Begin and end of an output: compilers tell the cause last, npm first."""
    lines = output.strip().splitlines()
    if len(lines) > 2 * LINES_MAX:
        lines = [*lines[:LINES_MAX], "…", *lines[-LINES_MAX:]]
    return "\n".join(lines)


def digest_tree(paths: Iterable[Path]) -> str:
    """Digest of names and contents of files, and of all that is below directories."""
    digest = hashlib.sha256()
    for path in paths:
        for file in [path] if path.is_file() else _sources(path):
            digest.update(str(file).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _sources(directory: Path) -> list[Path]:
    found = []
    for folder, folders, files in os.walk(directory):
        # Pruned, not filtered: node_modules alone holds tens of thousands of files.
        folders[:] = [name for name in folders if name not in IGNORED_PARTS]
        found += [Path(folder, name) for name in files if name not in IGNORED_PARTS]
    return sorted(path for path in found if path.is_file())


def digest(parts: Iterable[str]) -> str:
    """Digest of strings, in order."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
