"""The control group of a container, versions 1 and 2, read from the files of the kernel.

Reading them takes a fraction of a millisecond, where asking an engine takes a second or two.
Source of names and units: the kernel's admin-guide/cgroup-v1 and admin-guide/cgroup-v2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_CONTROLLERS = ("memory", "cpuacct", "pids")
_UNIFIED = ""


@dataclass(frozen=True, slots=True)
class Cgroup:
    """One control group that is a service's own.

    Attributes:
        name: its path in the hierarchy.
        folders: by controller; one folder for all, under ``""``, in version 2.
    """

    name: str
    folders: Mapping[str, Path]

    def cpu_ns(self) -> int:
        """CPU time of all that ever ran in it, nanoseconds."""
        if _UNIFIED in self.folders:
            return 1000 * _fields(self.folders[_UNIFIED] / "cpu.stat")["usage_usec"]
        return _number(self.folders["cpuacct"] / "cpuacct.usage")

    def anonymous_bytes(self) -> int:
        """Anonymous memory."""
        if _UNIFIED in self.folders:
            return _fields(self.folders[_UNIFIED] / "memory.stat")["anon"]
        return _fields(self.folders["memory"] / "memory.stat")["total_rss"]

    def working_set_bytes(self) -> int:
        """Memory charged to it less the file pages that the kernel gives up first."""
        folder, used, cache = (
            (self.folders[_UNIFIED], "memory.current", "inactive_file")
            if _UNIFIED in self.folders
            else (self.folders["memory"], "memory.usage_in_bytes", "total_inactive_file")
        )
        return max(0, _number(folder / used) - _fields(folder / "memory.stat")[cache])

    def threads(self) -> int:
        """Tasks in it."""
        folder = self.folders[_UNIFIED if _UNIFIED in self.folders else "pids"]
        return _number(folder / "pids.current")


def find_cgroup(pid: int, root: Path = _ROOT) -> Cgroup | None:
    """The control group a process has for itself; None when it is in ours, or is gone.

    Args:
        pid: main process of a service.
        root: where the hierarchies are mounted.
    """
    try:
        its, ours = (_memberships(Path(f"/proc/{who}/cgroup")) for who in (str(pid), "self"))
    except OSError:
        return None
    if all(controller in its for controller in _CONTROLLERS):
        if any(its[controller] == ours.get(controller) for controller in _CONTROLLERS):
            return None
        folders = {name: root / name / its[name].lstrip("/") for name in _CONTROLLERS}
        return _existing(Cgroup(its["memory"], folders))
    if its.get(_UNIFIED, "/") == ours.get(_UNIFIED, "/"):
        return None
    folder = root / its[_UNIFIED].lstrip("/")
    if not (folder / "memory.stat").exists():  # without its own memory account it says nothing
        return None
    return _existing(Cgroup(its[_UNIFIED], {_UNIFIED: folder}))


def _existing(cgroup: Cgroup) -> Cgroup | None:
    return cgroup if all(folder.is_dir() for folder in cgroup.folders.values()) else None


def _memberships(file: Path) -> dict[str, str]:
    """Path by controller; version 2 has one, under ``""``."""
    found: dict[str, str] = {}
    for line in file.read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            found[controller] = path
    return found


def _number(file: Path) -> int:
    return int(file.read_text())


def _fields(file: Path) -> dict[str, int]:
    pairs = (line.split() for line in file.read_text().splitlines())
    return {pair[0]: int(pair[1]) for pair in pairs}
