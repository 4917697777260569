"""What the kernel counts for a container: its control groups, versions 1 and 2."""

from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
# Version 1 gives a very large number instead, where there is no limit.
UNLIMITED = "max"


def control_group(pid: int, controller: str) -> Path:
    """Directory of the control group that counts ``controller`` for that process.

    Raises:
        OSError: the process is gone.
    """
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        number, names, path = line.split(":", 2)
        if controller in names.split(","):
            return _mounted(names) / path.lstrip("/")
        if number == "0" and (_ROOT / "cgroup.controllers").exists():
            return _ROOT / path.lstrip("/")
    raise FileNotFoundError(f"no control group counts {controller} for pid {pid}")


def read_counters(path: Path) -> dict[str, int]:
    """A file of the kernel with a name and a number in each line."""
    rows = (line.split() for line in path.read_text().splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].lstrip("-").isdigit()}


def is_version_1(group: Path) -> bool:
    """Whether it is a control group of version 1."""
    return not (group / "cgroup.controllers").exists()


def _mounted(names: str) -> Path:
    """Where a hierarchy of version 1 is mounted: by all its names, or by a link of one."""
    whole = _ROOT / names
    return whole if whole.exists() else _ROOT / names.split(",", maxsplit=1)[0]
