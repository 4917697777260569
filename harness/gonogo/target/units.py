"""Durations, sizes and ports, as Compose writes them."""

import re
from dataclasses import dataclass

from gonogo.target.node import Node

_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|m|h)")
_BYTES = {"": 0, "b": 0, "k": 1, "kb": 1, "m": 2, "mb": 2, "g": 3, "gb": 3, "t": 4, "tb": 4}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([a-z]*)")
_PORT_MAX = 65535


@dataclass(frozen=True, slots=True)
class Port:
    """A container port and the fixed host port it is published at, if any."""

    container: int
    host: int | None = None


def duration_s(node: Node) -> float:
    """``1m30s`` in seconds."""
    text = node.scalar()
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise node.wrong("a duration such as 10s or 1m30s")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def size_bytes(node: Node) -> int | None:
    """``512m`` in bytes; None for 0, which means no limit."""
    match = _SIZE.fullmatch(node.scalar().lower())
    if match is None or match[2] not in _BYTES:
        raise node.wrong("a size such as 512m or 1g")
    return int(float(match[1]) * 1024 ** _BYTES[match[2]]) or None


def port(node: Node) -> Port:
    """One element of ``ports``: ``8080``, ``"127.0.0.1:8080:80"`` or the long form."""
    if isinstance(node.value, dict):
        return _long_port(node)
    address, _, protocol = node.scalar().partition("/")
    _only_tcp(node, protocol or "tcp")
    if address.startswith("["):  # an IPv6 host address has colons of its own
        address = address.partition("]")[2].removeprefix(":")
    parts = address.split(":")
    host = parts[-2] if len(parts) > 1 else ""
    return Port(_number(node, parts[-1]), _number(node, host) if host else None)


def exposed(node: Node) -> Port:
    """One element of ``expose``."""
    number, _, protocol = node.scalar().partition("/")
    _only_tcp(node, protocol or "tcp")
    return Port(_number(node, number))


def _long_port(node: Node) -> Port:
    allowed = ("target", "published", "host_ip", "protocol", "mode", "name", "app_protocol")
    keys = node.mapping(allowed, required=("target",))
    if "protocol" in keys:
        _only_tcp(keys["protocol"], keys["protocol"].text())
    published = keys.get("published")
    host = _number(published, published.scalar()) if published else None
    return Port(_number(keys["target"], keys["target"].scalar()), host)


def _number(node: Node, text: str) -> int:
    if "-" in text:
        raise node.error("port ranges are not supported", hint="write one line per port")
    if not text.isdecimal() or not 1 <= int(text) <= _PORT_MAX:
        raise node.wrong("a port such as 8080 or 127.0.0.1:8080:80")
    return int(text)


def _only_tcp(node: Node, protocol: str) -> None:
    if protocol != "tcp":
        raise node.error(
            f"the gate cannot redirect {protocol} traffic, so clients would not reach the service",
            alternatives=["tcp"],
        )
