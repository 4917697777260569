"""A step of provisioning, and how it runs a program."""

import hashlib
import os
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

# Results of builds, and folders that no product is built from.
IGNORED_PARTS = {"target", "__pycache__", ".pytest_cache", "tests", "bench", "node_modules", "dist"}

# Lines to show from each end of a failed program's output.
LINES_MAX = 15


class StepFailed(Exception):
    """A step failed. The message says which one and why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        name: its name in the progress output.
        inputs: digest of all it depends on; when it is unchanged, the step is done.
        run: does the work.
        makes: its result; when that is missing, the step is due again.
    """

    name: str
    inputs: str
    run: Callable[[], None]
    makes: Path | None = None


def run_program(command: list[str], cwd: Path | None = None) -> None:
    """Run a program to its end, without showing its output.

    Raises:
        StepFailed: it cannot be started, or its exit code is not 0; the message has its last lines.
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
        lines = _first_and_last_lines(done.stdout + done.stderr)
        raise StepFailed(f"{' '.join(command[:4])} … ended with {done.returncode}:\n{lines}")


def _first_and_last_lines(output: str) -> str:
    """Start and end of an output: the cause is last with compilers, and first with npm."""
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
        # Not walked at all: node_modules alone has tens of thousands of files.
        folders[:] = [name for name in folders if name not in IGNORED_PARTS]
        found += [Path(folder, name) for name in files if name not in IGNORED_PARTS]
    return sorted(path for path in found if path.is_file())


def digest(parts: Iterable[str]) -> str:
    """Digest of strings, in order."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
