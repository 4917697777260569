"""Edges: declared, named, selected; wrong ones are refused with the valid names."""

import pytest

from gonogo.target import Edge
from gonogo.vocabulary import UsageError
from tests.target.conftest import Load

REDIS = "redis: {image: redis, expose: ['6379', '6380']}"


def _edges(load: Load, *lines: str) -> tuple[Edge, ...]:
    gate = "\n".join(["edges:", *(f"  - {line}" for line in lines)])
    return load(services=REDIS, gate=gate).edges


def test_an_edge_has_its_services_names(load: Load) -> None:
    """Client, arrow, service; the port is added where a pair has several edges."""
    assert _edges(load, "{client: api, upstream: 'redis:6379'}") == (
        Edge("api->redis", "api", "redis", 6379),
    )
    both = ("{client: api, upstream: 'redis:6379'}", "{client: api, upstream: 'redis:6380'}")
    assert [edge.name for edge in _edges(load, *both)] == ["api->redis:6379", "api->redis:6380"]


def test_selectors_choose_edges_by_their_arrow(load: Load) -> None:
    """With an arrow a selector is over edges, without one over services."""
    target = load(services=REDIS, gate="edges:\n  - {client: api, upstream: 'redis:6379'}")
    assert target.selected("*->redis") == ("api->redis",)
    assert target.selected("r*") == ("redis",)
    assert target.selected("redis->*") == ()
    assert target.selectable("redis->*") == ("api->redis",)


@pytest.mark.parametrize(
    ("line", "what", "valid"),
    [
        ("{client: app, upstream: 'redis:6379'}", "no service 'app'", ("api",)),
        ("{client: api, upstream: 'reddis:6379'}", "no service 'reddis'", ("redis",)),
        ("{client: api, upstream: 'redis:7000'}", "no port 7000", ("6379", "6380")),
        ("{client: api, upstream: redis}", "expected service:port", ()),
        ("{client: redis, upstream: 'redis:6379'}", "to itself", ()),
        ("{client: api}", "'upstream' is missing", ("client", "upstream")),
        ("{client: api, upstrem: 'redis:6379'}", "unknown key", ("upstream",)),
    ],
)
def test_wrong_edges_say_what_would_be_right(
    load: Load, line: str, what: str, valid: tuple[str, ...]
) -> None:
    """Each refusal names the key and the nearest valid names."""
    with pytest.raises(UsageError) as wrong:
        _edges(load, line)
    assert what in wrong.value.what
    assert "x-harness.edges" in wrong.value.where
    assert wrong.value.alternatives == valid


def test_an_edge_is_declared_once(load: Load) -> None:
    """The same twice is a mistake, not two proxies."""
    line = "{client: api, upstream: 'redis:6379'}"
    with pytest.raises(UsageError, match="declared twice"):
        _edges(load, line, line)
