"""Removing a toxic from edges in the fault proxy."""

from dataclasses import dataclass

from gonogo.edges import EdgeControl
from gonogo.vocabulary import Resource, System

# Two of these kinds on one edge add up, and each counts its own effect. Every other kind ends a
# connection or answers in place of the upstream: a second one would see nothing of that traffic.
_COMPOSING = ("bandwidth", "latency")


@dataclass(frozen=True, slots=True)
class RemoveToxics:
    """Remove one toxic from each of several edges.

    Attributes:
        edges: names of the edges.
        control: ``host:port`` of the proxy's control API.
        run: id of the run whose proxy it is; another one on that port is left alone.
        toxic: name of the toxic, which no other arming has.
        kind: what the proxy calls this kind of toxic.
    """

    edges: tuple[str, ...]
    control: str
    run: str
    toxic: str
    kind: str

    @property
    def resources(self) -> tuple[Resource, ...]:
        """What passes over each edge; a toxic that composes is a resource of its own."""
        part = ("delays", self.toxic) if self.kind in _COMPOSING else ("answers",)
        return tuple(("edge", each, *part) for each in self.edges)

    def execute(self, system: System | None) -> None:
        """Remove the toxic where it is; without the proxy there is none."""
        control = EdgeControl(self.control, self.run)
        if control.is_there():
            for each in self.edges:
                control.remove_toxic(each, self.toxic)
