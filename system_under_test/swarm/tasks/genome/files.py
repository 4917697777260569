"""Files of a job: written atomically, verified by their SHA-256."""

from __future__ import annotations

import hashlib
import importlib
import json
from pathlib import Path
from typing import Any

from swarm.files import replacing
from swarm.tasks.context import PermanentError, TaskContext
from swarm.tasks.workspace import OutsideWorkspace, workspace_file


def core() -> Any:
    """Return the Rust module."""
    try:
        return importlib.import_module("swarm_core")
    except ImportError as error:
        raise PermanentError(f"the Rust module swarm_core is not installed: {error}") from None


def input_file(context: TaskContext, name: str) -> Path:
    """Return a file of the workspace."""
    try:
        return workspace_file(context.workspace, name)
    except OutsideWorkspace as error:
        raise PermanentError(str(error)) from None


def parts_directory(context: TaskContext) -> Path:
    """Return the directory in which the job's tasks pass files to each other."""
    path = context.results_directory() / "parts"
    path.mkdir(exist_ok=True)
    return path


def to_json(value: object, indent: int | None = None) -> bytes:
    """Return the same bytes for the same value, with a line end."""
    return json.dumps(value, indent=indent, sort_keys=True, allow_nan=False).encode() + b"\n"


def write_whole(path: Path, content: bytes) -> str:
    """Put a file in place and return its SHA-256.

    A reader sees the old file or the new one. An attempt that lost its lease and writes late
    writes the same bytes.
    """
    with replacing(path) as out:
        out.write(content)
    return hashlib.sha256(content).hexdigest()


def read_checked(path: Path, sha256: str) -> Any:
    """Return the JSON value of a file that another task wrote."""
    check(path, sha256)
    return json.loads(path.read_bytes())


def check(path: Path, sha256: str) -> None:
    """Raise PermanentError when a file is not the one another task wrote."""
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        raise PermanentError(
            f"{path.name} of this job is not in the workspace; do all agents share one?"
        ) from None
    if found != sha256:
        raise PermanentError(f"{path.name} of this job was changed after it was written")
