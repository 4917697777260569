"""Checks across the file: services, ports, volumes and dependencies that are named must exist."""

import re
from collections.abc import Iterable, Mapping

from gonogo.target.declaration.edges import check_edges
from gonogo.target.declaration.harness import XHarness
from gonogo.target.declaration.service import PROCESS
from gonogo.target.description import Service
from gonogo.target.node import Node, nearest
from gonogo.target.references import declared_port, known_service

_PLACEHOLDER = re.compile(r"\{(port|data):([^{}]*)\}")


def check(services: Mapping[str, Service], compose: Node, x_harness: XHarness) -> None:
    """Check references between services, and those of ``x-harness``.

    Raises:
        UsageError: the first problem: an unknown service, port or volume, a circle of dependencies,
            one host port for two services, or a dependency on the health of a service that has
            no health check.
    """
    entry = x_harness.node.child("entry", None)
    known_service(x_harness.entry_service, services, entry.child("service", None))
    service = services[x_harness.entry_service]
    declared_port(x_harness.entry_port, service, entry.child("port", None))
    _dependencies(services, compose.child("services", None))
    _published_once(services, compose.child("services", None))
    check_edges(x_harness.edges, services, x_harness.node.child("edges", None))
    for name in x_harness.services:
        _placeholders_and_readiness(
            services[name], x_harness.node.child("services", None).child(name, None)
        )


def check_service_names(names: Iterable[str], services: Iterable[str], x_harness: Node) -> None:
    """Every service that is described in ``x-harness`` exists."""
    known = dict.fromkeys(services)
    for name in names:
        known_service(name, known, x_harness.child("services", None).child(name, None))


def check_seeds(x_harness: XHarness, volumes: Iterable[str]) -> None:
    """Every volume that ``x-harness`` fills with files exists."""
    declared = frozenset(volumes)
    for name in x_harness.seeds:
        if name not in declared:
            node = x_harness.node.child("volumes", None).child(name, None)
            raise node.error(f"there is no volume {name!r}", alternatives=nearest(name, declared))


def _dependencies(services: Mapping[str, Service], node: Node) -> None:
    for name, service in services.items():
        for other, condition in service.depends_on.items():
            at = node.child(name, None).child("depends_on", None).child(other, None)
            known_service(other, services, at)
            needed = services[other]
            if condition == "service_healthy" and not (needed.ready or needed.healthcheck):
                raise at.error(
                    f"it waits for {other!r} to be healthy, but that service has no health check",
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


def _placeholders_and_readiness(service: Service, node: Node) -> None:
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
        declared_port(port, service, node.child("ready", None).child(kind, None))


def _placeholders(text: str, service: Service, node: Node) -> None:
    for kind, inside in _PLACEHOLDER.findall(text):
        if kind == "port":
            if not inside.isdecimal():
                raise node.error(f"{{port:{inside}}} names no port", alternatives=["{port:8080}"])
            declared_port(int(inside), service, node)
        elif inside not in service.volumes.values():
            raise node.error(
                f"the service {service.name!r} mounts nothing at {inside!r}",
                alternatives=[f"{{data:{path}}}" for path in service.volumes.values()],
                hint=f"add it to services.{service.name}.volumes",
            )
