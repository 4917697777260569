"""``x-harness.services``: commands of local processes, and readiness."""

import re
from dataclasses import dataclass, field

from gonogo.target.compose.service import read_command
from gonogo.target.description import Readiness
from gonogo.target.node import Node
from gonogo.target.units import duration_s

# The key below which a service has its command as a local process.
PROCESS = "process"
_HTTP = re.compile(r"(\d+)(/.*)")


@dataclass(frozen=True, slots=True)
class ServiceDeclaration:
    """What ``x-harness`` adds to a service: the fields of ``Service`` with the same names."""

    process_command: tuple[str, ...] = ()
    process_environment: dict[str, str] = field(default_factory=dict)
    ready: Readiness | None = None
    preload: bool = False


def read_service_declaration(node: Node) -> ServiceDeclaration:
    """One element of ``x-harness.services``."""
    keys = node.mapping((PROCESS, "ready", "preload"))
    process = keys[PROCESS].mapping(("command", "environment")) if PROCESS in keys else {}
    environment = process["environment"].mapping() if "environment" in process else {}
    return ServiceDeclaration(
        process_command=read_command(process["command"]) if "command" in process else (),
        process_environment={name: value.scalar() for name, value in environment.items()},
        ready=_readiness(keys["ready"]) if "ready" in keys else None,
        preload=keys["preload"].flag() if "preload" in keys else False,
    )


def _readiness(node: Node) -> Readiness:
    kinds = ("http", "tcp", "log")
    keys = node.mapping((*kinds, "send", "banner", "timeout_s"))
    if len([kind for kind in kinds if kind in keys]) != 1:
        raise node.error("expected exactly one way to see readiness", alternatives=kinds)
    if "tcp" not in keys and ("send" in keys or "banner" in keys):
        raise node.error("'send' and 'banner' need 'tcp'", alternatives=("timeout_s",))
    return Readiness(
        http=_http(keys["http"]) if "http" in keys else None,
        tcp=keys["tcp"].integer(at_least=1) if "tcp" in keys else None,
        log=_pattern(keys["log"]) if "log" in keys else None,
        send=keys["send"].text() if "send" in keys else "",
        banner=_pattern(keys["banner"]) if "banner" in keys else "",
        timeout_s=_timeout_s(keys["timeout_s"]) if "timeout_s" in keys else 30.0,
    )


def _http(node: Node) -> tuple[int, str]:
    match = _HTTP.fullmatch(node.text("a port and a path such as 8080/health"))
    if match is None:
        raise node.wrong("a port and a path such as 8080/health")
    return int(match[1]), match[2]


def _pattern(node: Node) -> str:
    text = node.text("a regular expression")
    try:
        re.compile(text)
    except re.error as error:
        raise node.error(f"not a regular expression: {error}") from error
    return text


def _timeout_s(node: Node) -> float:
    if isinstance(node.value, str):
        raise node.error(
            f"expected seconds as a number, found {node.value!r}",
            alternatives=[f"{duration_s(node):g}"],
        )
    return node.number(above=0)
