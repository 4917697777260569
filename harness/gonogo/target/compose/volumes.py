"""Volumes: those that the file declares, and where services mount them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from gonogo.target.compose import keys as keys_of
from gonogo.target.node import Keys, Node, nearest
from gonogo.target.remarks import Remarks
from gonogo.vocabulary import Form


@dataclass(frozen=True, slots=True)
class Mounts:
    """What a service mounts.

    Attributes:
        volumes: named volume or absolute host path to container path.
        read_only: container paths of the volumes that it cannot write to.
        tmpfs: container paths of those that are a tmpfs in a container, to mount options.
    """

    volumes: Mapping[str, str]
    read_only: tuple[str, ...]
    tmpfs: Mapping[str, str]


def read_declared(top: Keys, remarks: Remarks) -> frozenset[str]:
    """Names of the top-level ``volumes``; their keys and those of ``networks`` are checked."""
    for section, table in (("volumes", keys_of.VOLUME), ("networks", keys_of.NETWORK)):
        if section in top and top[section].value is not None:
            for each in top[section].mapping().values():
                if each.value is not None:
                    keys_of.apply(table, each, remarks)
    volumes = top.get("volumes")
    return frozenset(volumes.value or ()) if volumes else frozenset()


def read_mounts(keys: Keys, root: Path, declared: Collection[str], remarks: Remarks) -> Mounts:
    """The ``volumes`` of a service."""
    mounts: dict[str, str] = {}
    read_only: list[str] = []
    tmpfs: dict[str, str] = {}
    for node in keys["volumes"].items() if "volumes" in keys else []:
        source, target, mode = (
            _long(node, remarks) if isinstance(node.value, dict) else _short(node)
        )
        source = _resolve(node, source, target, root, declared)
        if source in mounts:
            raise node.error(f"{source} is mounted twice in one service", hint="mount it once")
        mounts[source] = target
        if mode == "tmpfs":
            tmpfs[target] = ""
        elif "ro" in mode.split(","):
            read_only.append(target)
    return Mounts(mounts, tuple(read_only), tmpfs)


def _short(node: Node) -> tuple[str, str, str]:
    parts = node.text().split(":")
    if len(parts) == 1 and parts[0].startswith("/"):
        return "", parts[0], ""
    if len(parts) not in (2, 3) or not parts[0] or not parts[1].startswith("/"):
        raise node.wrong("a volume such as data:/data or ./files:/data:ro")
    return parts[0], parts[1], parts[2] if len(parts) == 3 else ""


def _long(node: Node, remarks: Remarks) -> tuple[str, str, str]:
    allowed = ("type", "source", "target", "read_only", "consistency", "bind", "volume", "tmpfs")
    keys = node.mapping(allowed, required=("type", "target"))
    kind = keys["type"].one_of(("volume", "bind", "tmpfs"), "kind of mount")
    if kind == "tmpfs":
        remarks.note(f"{node.dotted}: a directory on disk stands in for the tmpfs", Form.PROCESS)
        return "", keys["target"].text(), "tmpfs"
    volume = keys["volume"].mapping() if "volume" in keys else {}
    if "subpath" in volume:
        raise volume["subpath"].error("the gate mounts whole volumes only")
    source = keys["source"].text() if "source" in keys else ""
    read_only = "read_only" in keys and keys["read_only"].flag()
    return source, keys["target"].text(), "ro" if read_only else ""


def _resolve(node: Node, source: str, target: str, root: Path, declared: Collection[str]) -> str:
    if not source:  # an anonymous volume, which no other service can name
        return f"{node.path[1]}-{target.strip('/').replace('/', '-')}"
    if source.startswith((".", "/", "~")):
        return str((root / Path(source).expanduser()).resolve())
    if source not in declared:
        raise node.error(
            f"there is no volume {source!r}",
            alternatives=nearest(source, declared),
            hint="declare it below the top-level volumes:",
        )
    return source
