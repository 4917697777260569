"""Addresses: names and ports of the Compose file, on a machine where all share loopback."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from gonogo.target import Service, Target
from gonogo.vocabulary import UsageError

HOST = "127.0.0.1"

_PORT = re.compile(r"\{port:(?:(?P<peer>[A-Za-z0-9][\w.-]*):)?(?P<port>\d+)\}")
_DATA = re.compile(r"\{data:(?P<path>/[^{}]*)\}")

Endpoints = Mapping[str, Mapping[int, int]]


def container_ports(target: Target) -> dict[str, list[int]]:
    """Every port that is declared or mentioned, by service.

    Declared ports come first, then those that a readiness check, a placeholder or the address in
    another service's text mentions: ``expose`` is optional in a Compose file.
    """
    wanted = _mentioned(target, _texts)
    for name, service in target.services.items():
        for text in _texts(service):
            for match in _PORT.finditer(text):
                peer = match["peer"] or name
                if peer not in wanted:
                    raise UsageError(
                        f"{match[0]} names a service that does not exist",
                        where=f"{target.file}: service {name}",
                        alternatives=sorted(wanted),
                    )
                wanted[peer][int(match["port"])] = None
    return {name: list(ports) for name, ports in wanted.items()}


def mentioned_ports(target: Target) -> dict[str, list[int]]:
    """As ``container_ports``, for containers: without the texts for local processes."""
    return {name: list(ports) for name, ports in _mentioned(target, _container_texts).items()}


def _mentioned(
    target: Target, texts: Callable[[Service], Iterator[str]]
) -> dict[str, dict[int, None]]:
    wanted = {name: dict.fromkeys(service.ports) for name, service in target.services.items()}
    mentioned = _mention(target.services)
    for name, service in target.services.items():
        ready = service.ready
        if ready is not None and (ready.http or ready.tcp):
            wanted[name][ready.http[0] if ready.http else ready.tcp or 0] = None
        for text in texts(service):
            for match in mentioned.finditer(text):
                wanted[match["service"]][int(match["port"])] = None
    return wanted


def _container_texts(service: Service) -> Iterator[str]:
    yield from service.container.entrypoint or ()
    yield from service.command
    yield from service.environment.values()


def _texts(service: Service) -> Iterator[str]:
    yield from service.process_command or service.command
    yield from service.environment.values()
    yield from service.process_environment.values()


def _mention(services: Mapping[str, Service]) -> re.Pattern[str]:
    """Matches ``service:port`` where the name stands alone, longest name first."""
    names = "|".join(re.escape(name) for name in sorted(services, key=len, reverse=True))
    return re.compile(rf"(?<![\w.-])(?P<service>{names}):(?P<port>\d{{1,5}})(?![\w.])")


class Rewriter:
    """Rewrites texts of a target file for this machine.

    Args:
        target: whose services are known by name.
        endpoints: by service, container port to port on loopback.
        detours: by service and container port, the proxy's listener to use instead.
    """

    def __init__(
        self,
        target: Target,
        endpoints: Endpoints,
        detours: Mapping[tuple[str, int], tuple[str, int]] | None = None,
    ) -> None:
        self._root = target.root
        self._endpoints = endpoints
        self._detours = detours or {}
        self._mention = _mention(target.services)

    def addresses(self, text: str) -> str:
        """Replace each ``service:port`` by its address on this machine."""
        return self._mention.sub(
            lambda match: f"{HOST}:{self._port(match['service'], int(match['port']))}", text
        )

    def placeholders(self, text: str, service: str, data: Mapping[str, Path]) -> str:
        """Fill ``{port:N}``, ``{port:service:N}``, ``{data:/path}``, ``{python}``, ``{root}``."""
        text = _PORT.sub(
            lambda match: str(self._port(match["peer"] or service, int(match["port"]))), text
        )
        text = _DATA.sub(lambda match: str(data[match["path"]]), text)
        return text.replace("{python}", sys.executable).replace("{root}", str(self._root))

    def _port(self, service: str, port: int) -> int:
        listener = self._detours.get((service, port))
        return listener[1] if listener else self._endpoints[service][port]


def detoured(text: str, target: Target, detours: Mapping[tuple[str, int], tuple[str, int]]) -> str:
    """A text with each ``service:port`` that has a listener replaced by it; others stay."""

    def listener(match: re.Match[str]) -> str:
        host, port = detours.get((match["service"], int(match["port"])), ("", 0))
        return f"{host}:{port}" if host else match[0]

    return _mention(target.services).sub(listener, text)


def data_paths(service: Service) -> list[str]:
    """Container paths its process command and environment ask for by ``{data:/path}``."""
    texts = [*service.process_command, *service.process_environment.values()]
    return [match["path"] for text in texts for match in _DATA.finditer(text)]
