"""Edges: the connections between services that go through the fault proxy."""

from gonogo.edges.control import EdgeControl

__all__ = [
    "EdgeControl",
]
