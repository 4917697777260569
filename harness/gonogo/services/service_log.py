"""A service's output file: what the current incarnation wrote to it."""

import os
from pathlib import Path

# Readiness lines are at the start of an incarnation's output; a check never reads more.
_BYTES_MAX = 4 * 1024 * 1024
_TAIL_BYTES = 16 * 1024


def log_path(run_dir: Path, service: str) -> Path:
    """Where a service's stdout and stderr go."""
    return run_dir / "logs" / f"{service}.log"


def open_log(path: Path) -> tuple[int, int]:
    """Open for appending: descriptor, and the offset at which the new incarnation begins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    return fd, os.fstat(fd).st_size


def read_from(path: Path, offset: int) -> str:
    """Complete lines written since ``offset``, at most the first 4 MiB of them."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            chunk = file.read(_BYTES_MAX)
    except FileNotFoundError:
        return ""
    return chunk.rpartition(b"\n")[0].decode(errors="replace")


def tail(path: Path, offset: int, lines_max: int = 20) -> list[str]:
    """The last lines written since ``offset``, a torn last one included."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(offset, end - _TAIL_BYTES))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return []
    return text.splitlines()[-lines_max:]
