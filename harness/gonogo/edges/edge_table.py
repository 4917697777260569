"""The edges of a run: client, upstream, and the listener of the fault proxy between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gonogo.edges.control import EdgeControl
from gonogo.observation import from_json, write_json_atomically
from gonogo.ownership.state_dir import state_path
from gonogo.target import Edge
from gonogo.vocabulary import EdgeRoute, UsageError

_FILE = "edges.json"

Detours = Mapping[tuple[str, int], tuple[str, int]]


class Proxy(Protocol):
    """A running fault proxy, wherever it runs."""

    @property
    def control(self) -> str:
        """``host:port`` of its control API."""

    @property
    def binds(self) -> str:
        """Address its listeners bind."""

    @property
    def reached_at(self) -> str:
        """Address at which this machine reaches its listeners."""

    def upstream(self, edge: Edge) -> str:
        """``host:port`` of an edge's upstream, as the proxy reaches it."""

    def close(self) -> None:
        """End it."""


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """The fault proxy of a run and its listeners.

    Attributes:
        control: ``host:port`` of its control API, ``""`` when no edge is declared.
        routes: one for each edge.
    """

    control: str = ""
    routes: tuple[EdgeRoute, ...] = ()

    def named(self, name: str) -> EdgeRoute:
        """One edge.

        Raises:
            UsageError: there is none of that name.
        """
        for route in self.routes:
            if route.name == name:
                return route
        raise UsageError(
            f"there is no edge {name!r}",
            alternatives=[route.name for route in self.routes],
            hint="declare it in x-harness.edges: {client: api, upstream: 'redis:6379'}",
        )


def detours(
    edges: Sequence[Edge], client: str, host: str, ports: Mapping[str, int]
) -> dict[tuple[str, int], tuple[str, int]]:
    """The addresses a client must get instead of its edges' upstreams.

    Args:
        edges: of the whole target.
        client: name of a service.
        host: the proxy's, as the client knows it.
        ports: by name of the edge, its listener's port.

    Returns:
        By service and container port, the host and port of a listener.
    """
    return {
        (edge.service, edge.port): (host, ports[edge.name])
        for edge in edges
        if edge.client == client
    }


def open_edges(
    proxy: Proxy, edges: Sequence[Edge], ports: Mapping[str, int], run: str, run_dir: Path
) -> None:
    """Open a listener of the proxy for every edge, and write their addresses to the state.

    Raises:
        EnvironmentFailed: a listener cannot be opened.
    """
    EdgeControl(proxy.control, run).populate(
        [
            {
                "name": edge.name,
                "listen": f"{proxy.binds}:{ports[edge.name]}",
                "upstream": proxy.upstream(edge),
            }
            for edge in edges
        ]
    )
    routes = [
        EdgeRoute(edge.name, edge.client, edge.service, (proxy.reached_at, ports[edge.name]))
        for edge in edges
    ]
    write_edges(run_dir, EdgeTable(proxy.control, tuple(routes)))


def write_edges(run_dir: Path, table: EdgeTable) -> None:
    """Write it to the private state: its reader can cut connections of the system."""
    write_json_atomically(state_path(run_dir) / _FILE, table)


def read_edges(run_dir: Path) -> EdgeTable:
    """Read it; an empty one where no edge is declared or the run has ended."""
    try:
        return from_json((state_path(run_dir) / _FILE).read_bytes(), EdgeTable)
    except FileNotFoundError:
        return EdgeTable()
