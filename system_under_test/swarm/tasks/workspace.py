"""Files are named relative to the workspace, and nothing outside it can be named."""

from __future__ import annotations

from pathlib import Path


class OutsideWorkspace(ValueError):
    """The name does not denote a file inside the workspace."""


def workspace_file(workspace: Path, name: str) -> Path:
    """Return an existing file's path; symbolic links are followed before the check."""
    if not name or "\0" in name or Path(name).is_absolute():
        raise OutsideWorkspace(f"{name!r} is not a name inside the workspace")
    root = workspace.resolve()
    try:
        path = (root / name).resolve()
        inside = path.is_relative_to(root)
        exists = inside and path.is_file()
    except (OSError, RuntimeError, UnicodeError):
        # The name is too long, contains a lone surrogate, or leads into a loop of links.
        raise OutsideWorkspace(f"{name[:100]!r} cannot be a file") from None
    if not inside:
        raise OutsideWorkspace(f"{name!r} leaves the workspace")
    if not exists:
        raise OutsideWorkspace(f"there is no file {name!r} in the workspace")
    return path
