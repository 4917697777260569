"""Control groups of versions 1 and 2, read from the files of the kernel.

Reading them takes a fraction of a millisecond, where asking an engine takes a second or two.
Source of names and units: the kernel's admin-guide/cgroup-v1 and admin-guide/cgroup-v2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gonogo.linux.proc_file import read_proc

_ROOT = Path("/sys/fs/cgroup")
_CONTROLLERS = ("memory", "cpuacct", "pids")
_UNIFIED = ""
# In a file of a limit, where version 2 has none; version 1 writes a very large number.
UNLIMITED = "max"


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """The control group that counts one controller for a process.

    Attributes:
        folder: its directory.
        version: 1 or 2; the names of the files in it depend on that.
    """

    folder: Path
    version: int

    def text(self, name: str) -> str:
        """A file of it, such as a limit, without spaces around.

        Raises:
            OSError: the group has gone, or has no such file.
        """
        return (self.folder / name).read_text().strip()

    def number(self, name: str) -> int:
        """A file of it that holds one number.

        Raises:
            OSError: as ``text``.
        """
        return _number(self.folder / name)

    def fields(self, name: str) -> dict[str, int]:
        """A file of it with a name and a number in each line.

        Raises:
            OSError: as ``text``.
        """
        return _fields(self.folder / name)

    def has(self, name: str) -> bool:
        """Whether it has a file of that name."""
        return (self.folder / name).exists()


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
        """CPU time of every process that ever ran in it, nanoseconds."""
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


@dataclass(frozen=True, slots=True)
class _Membership:
    """A line of ``/proc/PID/cgroup``: the controllers of a hierarchy, and the path in it."""

    controllers: str
    path: str

    def folder(self, root: Path, controller: str) -> Path:
        """Its directory: a hierarchy is mounted under all its names, or has a link for each."""
        whole = root / self.controllers
        return (whole if whole.exists() else root / controller) / self.path.lstrip("/")


_ROOT_GROUP = _Membership(_UNIFIED, "/")


def find_cgroup(pid: int, root: Path = _ROOT) -> Cgroup | None:
    """The control group a process has for itself; None when it is in ours, or is gone.

    Args:
        pid: main process of a service.
        root: where the hierarchies are mounted.
    """
    try:
        its, ours = _memberships(str(pid)), _memberships("self")
    except OSError:
        return None
    if all(controller in its for controller in _CONTROLLERS):
        if any(its[each].path == ours[each].path for each in _CONTROLLERS if each in ours):
            return None
        folders = {name: its[name].folder(root, name) for name in _CONTROLLERS}
        return _existing(Cgroup(its["memory"].path, folders))
    unified = its.get(_UNIFIED, _ROOT_GROUP)
    if unified == ours.get(_UNIFIED, _ROOT_GROUP):
        return None
    folder = unified.folder(root, _UNIFIED)
    if not (folder / "memory.stat").exists():  # without the memory controller it counts nothing
        return None
    return _existing(Cgroup(unified.path, {_UNIFIED: folder}))


def group_of(pid: int, controller: str, root: Path = _ROOT) -> ControlGroup:
    """The control group that counts ``controller`` for a process.

    Raises:
        OSError: the process is gone, or nothing counts that for it.
    """
    its = _memberships(str(pid))
    if controller in its:
        return ControlGroup(its[controller].folder(root, controller), version=1)
    if _UNIFIED in its and (root / "cgroup.controllers").exists():
        return ControlGroup(its[_UNIFIED].folder(root, _UNIFIED), version=2)
    raise FileNotFoundError(f"no control group counts {controller} for pid {pid}")


def _memberships(who: str) -> dict[str, _Membership]:
    """By controller; version 2 has one for all, under ``""``."""
    found: dict[str, _Membership] = {}
    for line in read_proc(f"/proc/{who}/cgroup").decode().splitlines():
        _, controllers, path = line.split(":", 2)
        found |= dict.fromkeys(controllers.split(","), _Membership(controllers, path))
    return found


def _existing(cgroup: Cgroup) -> Cgroup | None:
    return cgroup if all(folder.is_dir() for folder in cgroup.folders.values()) else None


def _number(file: Path) -> int:
    return int(file.read_text())


def _fields(file: Path) -> dict[str, int]:
    """A file with a name and a number in each line; other lines are left out."""
    rows = (line.split() for line in file.read_text().splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].lstrip("-").isdigit()}
