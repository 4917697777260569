"""Names of services and ports that are used in the file: they must be declared in it."""

from collections.abc import Mapping

from gonogo.target.description import Service
from gonogo.target.node import Node, nearest


def known_service(name: str, services: Mapping[str, object], node: Node) -> None:
    """Check that there is a service of that name.

    Raises:
        UsageError: there is none; names the nearest ones.
    """
    if name not in services:
        raise node.error(f"there is no service {name!r}", alternatives=nearest(name, services))


def declared_port(port: int, service: Service, node: Node) -> None:
    """Check that the service declares the port.

    Raises:
        UsageError: it does not; names those it declares.
    """
    if port not in service.ports:
        raise node.error(
            f"the service {service.name!r} declares no port {port}",
            alternatives=[str(each) for each in service.ports],
            hint=f"add it to services.{service.name}.expose or .ports",
        )
