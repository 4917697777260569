"""Names and ports as the Compose file has them, on a machine where all share loopback."""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from harness.target import Service, Target
from harness.vocabulary import UsageError

HOST = "127.0.0.1"

_PORT = re.compile(r"\{port:(?:(?P<peer>[A-Za-z0-9][\w.-]*):)?(?P<port>\d+)\}")
_DATA = re.compile(r"\{data:(?P<path>/[^{}]*)\}")

Endpoints = Mapping[str, Mapping[int, int]]


def container_ports(target: Target) -> dict[str, list[int]]:
    """Every port somebody speaks of, by service.

    Those the service declares come first, then those its readiness or a placeholder names
    and those another service's address names: ``expose`` is optional in a Compose file.
    """
    wanted = {name: dict.fromkeys(service.ports) for name, service in target.services.items()}
    mentioned = _mention(target.services)
    for name, service in target.services.items():
        ready = service.ready
        if ready is not None and (ready.http or ready.tcp):
            wanted[name][ready.http[0] if ready.http else ready.tcp or 0] = None
        for text in _texts(service):
            for match in mentioned.finditer(text):
                wanted[match["service"]][int(match["port"])] = None
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


def _texts(service: Service) -> Iterator[str]:
    yield from service.process_command or service.command
    yield from service.environment.values()
    yield from service.process_environment.values()


def _mention(services: Mapping[str, Service]) -> re.Pattern[str]:
    """Matches ``service:port`` where the name stands alone, longest name first."""
    names = "|".join(re.escape(name) for name in sorted(services, key=len, reverse=True))
    return re.compile(rf"(?<![\w.-])(?P<service>{names}):(?P<port>\d{{1,5}})(?![\w.])")


class Rewriter:
    """Turns texts of a target file into what holds on this machine.

    Args:
        target: whose services are known by name.
        endpoints: by service, container port to port on loopback.
    """

    def __init__(self, target: Target, endpoints: Endpoints) -> None:
        self._root = target.root
        self._endpoints = endpoints
        self._mention = _mention(target.services)

    def addresses(self, text: str) -> str:
        """Each ``service:port`` becomes the address that answers for it here."""
        return self._mention.sub(
            lambda match: f"{HOST}:{self._endpoints[match['service']][int(match['port'])]}", text
        )

    def placeholders(self, text: str, service: str, data: Mapping[str, Path]) -> str:
        """Fill ``{port:N}``, ``{port:service:N}``, ``{data:/path}``, ``{python}``, ``{root}``."""
        text = _PORT.sub(
            lambda match: str(self._endpoints[match["peer"] or service][int(match["port"])]), text
        )
        text = _DATA.sub(lambda match: str(data[match["path"]]), text)
        return text.replace("{python}", sys.executable).replace("{root}", str(self._root))


def data_paths(service: Service) -> list[str]:
    """Container paths its process command and environment ask for by ``{data:/path}``."""
    texts = [*service.process_command, *service.process_environment.values()]
    return [match["path"] for text in texts for match in _DATA.finditer(text)]
