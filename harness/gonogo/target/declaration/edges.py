"""``x-harness.edges``: which connections go through the fault proxy."""

from collections import Counter
from collections.abc import Mapping

from gonogo.target.description import Edge, Service
from gonogo.target.node import Node
from gonogo.target.references import declared_port, known_service


def read_edges(node: Node) -> tuple[Edge, ...]:
    """The edges as they are written; ``check_edges`` checks their services.

    Raises:
        UsageError: a key is unknown or missing, or the upstream is not ``service:port``.
    """
    written = [_written(item) for item in node.items()]
    pairs = Counter((client, service) for client, service, _ in written)
    edges: list[Edge] = []
    for item, (client, service, port) in zip(node.items(), written, strict=True):
        several = pairs[client, service] > 1
        name = f"{client}->{service}{f':{port}' if several else ''}"
        edge = Edge(name, client, service, port)
        if edge in edges:
            raise item.error(f"the edge {name} is declared twice")
        edges.append(edge)
    return tuple(edges)


def _written(node: Node) -> tuple[str, str, int]:
    keys = node.mapping(("client", "upstream"), required=("client", "upstream"))
    service, colon, port = keys["upstream"].text("service:port").rpartition(":")
    if not (service and colon and port.isdecimal()):
        raise keys["upstream"].wrong("service:port, such as redis:6379")
    return keys["client"].text("a service"), service, int(port)


def check_edges(edges: tuple[Edge, ...], services: Mapping[str, Service], node: Node) -> None:
    """Check that every edge goes from a service to a declared port of another service.

    Raises:
        UsageError: it does not; names the nearest valid names.
    """
    for index, edge in enumerate(edges):
        item = node.child(index, None)
        for key, name in (("client", edge.client), ("upstream", edge.service)):
            known_service(name, services, item.child(key, None))
        upstream = item.child("upstream", None)
        if edge.client == edge.service:
            raise upstream.error(f"the edge goes from {edge.client!r} to itself")
        declared_port(edge.port, services[edge.service], upstream)
