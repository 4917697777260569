"""Volumes: those a file declares and where services mount them."""

from collections.abc import Collection, Mapping
from pathlib import Path

from harness.target import _compose_keys as keys_of
from harness.target._node import Keys, Node, nearest


def read_declared(top: Keys, notes: list[str]) -> frozenset[str]:
    """Names of the top-level ``volumes``; checks the top-level ``networks`` likewise."""
    for section, table in (("volumes", keys_of.VOLUME), ("networks", keys_of.NETWORK)):
        if section in top and top[section].value is not None:
            for each in top[section].mapping().values():
                if each.value is not None:
                    keys_of.apply(table, each, notes)
    volumes = top.get("volumes")
    return frozenset(volumes.value or ()) if volumes else frozenset()


def read_mounts(
    keys: Keys, root: Path, declared: Collection[str], notes: list[str]
) -> Mapping[str, str]:
    """Named volume or absolute host path to container path."""
    mounts: dict[str, str] = {}
    for node in keys["volumes"].items() if "volumes" in keys else []:
        long = isinstance(node.value, dict)
        source, target = _long(node, notes) if long else _short(node)
        source = _resolve(node, source, target, root, declared)
        if source in mounts:
            raise node.error(f"{source} is mounted twice in one service", hint="mount it once")
        mounts[source] = target
    return mounts


def _short(node: Node) -> tuple[str, str]:
    parts = node.text().split(":")
    if len(parts) == 1 and parts[0].startswith("/"):
        return "", parts[0]
    if len(parts) not in (2, 3) or not parts[0] or not parts[1].startswith("/"):
        raise node.wrong("a volume such as data:/data or ./files:/data:ro")
    return parts[0], parts[1]


def _long(node: Node, notes: list[str]) -> tuple[str, str]:
    allowed = ("type", "source", "target", "read_only", "consistency", "bind", "volume", "tmpfs")
    keys = node.mapping(allowed, required=("type", "target"))
    kind = keys["type"].one_of(("volume", "bind", "tmpfs"), "kind of mount")
    if kind == "tmpfs":
        notes.append(f"{node.dotted}: a directory on disk stands in for the tmpfs")
        return "", keys["target"].text()
    volume = keys["volume"].mapping() if "volume" in keys else {}
    if "subpath" in volume:
        raise volume["subpath"].error("the gate mounts whole volumes only")
    return keys["source"].text() if "source" in keys else "", keys["target"].text()


def _resolve(node: Node, source: str, target: str, root: Path, declared: Collection[str]) -> str:
    if not source:  # anonymous: a volume of its own that nothing else can name
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
