"""Opening edges that a fault has closed in the fault proxy."""

from dataclasses import dataclass

from gonogo.edges import EdgeControl
from gonogo.vocabulary import Resource, System


@dataclass(frozen=True, slots=True)
class OpenEdges:
    """Open closed edges.

    Attributes:
        edges: names of the edges.
        control: ``host:port`` of the proxy's control API.
        run: id of the run whose proxy it is; another one on that port is left alone.
    """

    edges: tuple[str, ...]
    control: str
    run: str

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Each edge as a whole: no toxic has an effect on a closed one."""
        return tuple(("edge", each) for each in self.edges)

    def execute(self, system: System | None) -> None:
        """Open each edge; without the proxy there is nothing left to open."""
        control = EdgeControl(self.control, self.run)
        if control.is_there():
            for each in self.edges:
                control.enable(each, enabled=True)
