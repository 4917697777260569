"""What must fit together: services, ports, volumes, dependencies."""

import re
from collections.abc import Iterable, Mapping

from gonogo.target.declaration.edges import check_edges
from gonogo.target.declaration.harness import XHarness
from gonogo.target.declaration.service import PROCESS
from gonogo.target.description import Service
from gonogo.target.node import Node, nearest

_PLACEHOLDER = re.compile(r"\{(port|data):([^{}]*)\}")


def check(services: Mapping[str, Service], compose: Node, gate: XHarness) -> None:
    """Raise the first thing that does not fit.

    Raises:
        UsageError: an unknown service, port or volume is named, dependencies form a circle,
            two services want one host port, or readiness is awaited that nothing shows.
    """
    entry = gate.node.child("entry", None)
    _known(gate.entry_service, services, entry.child("service", None))
    _declared(gate.entry_port, services[gate.entry_service], entry.child("port", None))
    _dependencies(services, compose.child("services", None))
    _published_once(services, compose.child("services", None))
    check_edges(gate.edges, services, gate.node.child("edges", None))
    for name in gate.services:
        _local(services[name], gate.node.child("services", None).child(name, None))


def check_local_names(names: Iterable[str], services: Iterable[str], gate: Node) -> None:
    """Every service that x-harness adds to exists."""
    known = dict.fromkeys(services)
    for name in names:
        _known(name, known, gate.child("services", None).child(name, None))


def check_seeds(gate: XHarness, volumes: Iterable[str]) -> None:
    """Every volume that x-harness fills exists."""
    declared = frozenset(volumes)
    for name in gate.seeds:
        if name not in declared:
            node = gate.node.child("volumes", None).child(name, None)
            raise node.error(f"there is no volume {name!r}", alternatives=nearest(name, declared))


def _known(name: str, services: Mapping[str, object], node: Node) -> None:
    if name not in services:
        raise node.error(f"there is no service {name!r}", alternatives=nearest(name, services))


def _declared(port: int, service: Service, node: Node) -> None:
    if port not in service.ports:
        raise node.error(
            f"the service {service.name!r} declares no port {port}",
            alternatives=[str(each) for each in service.ports],
            hint=f"add it to services.{service.name}.expose or .ports",
        )


def _dependencies(services: Mapping[str, Service], node: Node) -> None:
    for name, service in services.items():
        for other, condition in service.depends_on.items():
            at = node.child(name, None).child("depends_on", None).child(other, None)
            _known(other, services, at)
            needed = services[other]
            if condition == "service_healthy" and not (needed.ready or needed.healthcheck):
                raise at.error(
                    f"it waits for {other!r} to be healthy, and nothing tells how to see that",
                    hint=f"add x-harness.services.{other}.ready",
                )
    circle = _circle(services)
    if circle:
        at = node.child(circle[0], None).child("depends_on", None)
        raise at.error(f"the dependencies form a circle: {' -> '.join(circle)}")


def _circle(services: Mapping[str, Service]) -> list[str]:
    done: set[str] = set()

    def visit(name: str, above: list[str]) -> list[str]:
        if name in above:
            return [*above[above.index(name) :], name]
        if name in done:
            return []
        for other in services[name].depends_on:
            found = visit(other, [*above, name])
            if found:
                return found
        done.add(name)
        return []

    return next((found for name in services if (found := visit(name, []))), [])


def _published_once(services: Mapping[str, Service], node: Node) -> None:
    owners: dict[int, str] = {}
    for name, service in services.items():
        for host in service.published.values():
            if host in owners:
                raise (
                    node.child(name, None)
                    .child("ports", None)
                    .error(f"host port {host} is published by {owners[host]!r} already")
                )
            owners[host] = name


def _local(service: Service, node: Node) -> None:
    process = node.child(PROCESS, None)
    for word in service.process_command:
        _placeholders(word, service, process.child("command", None))
    for name, value in service.process_environment.items():
        _placeholders(value, service, process.child("environment", None).child(name, None))
    ready = service.ready
    if ready is None:
        return
    port = ready.http[0] if ready.http else ready.tcp
    if port is not None:
        kind = "http" if ready.http else "tcp"
        _declared(port, service, node.child("ready", None).child(kind, None))


def _placeholders(text: str, service: Service, node: Node) -> None:
    for kind, inside in _PLACEHOLDER.findall(text):
        if kind == "port":
            if not inside.isdecimal():
                raise node.error(f"{{port:{inside}}} names no port", alternatives=["{port:8080}"])
            _declared(int(inside), service, node)
        elif inside not in service.volumes.values():
            raise node.error(
                f"the service {service.name!r} mounts nothing at {inside!r}",
                alternatives=[f"{{data:{path}}}" for path in service.volumes.values()],
                hint=f"add it to services.{service.name}.volumes",
            )
