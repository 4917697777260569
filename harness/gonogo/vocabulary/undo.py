"""Undo: how a fault is taken back, and the undo that has nothing to do."""

from dataclasses import dataclass
from typing import Protocol

from gonogo.vocabulary.system import System

# From the general to the particular: ("edge", "api->redis"). One resource contains another when
# it is the beginning of it: ("packets", "web") contains ("packets", "web", "redis").
Resource = tuple[str, ...]


class Undo(Protocol):
    """How to take a fault back, complete enough for a process that knows nothing else.

    An undo is a frozen dataclass, one for each mechanism, whose fields the journal keeps.
    """

    @property
    def resources(self) -> tuple[Resource, ...]:
        """What the fault changes: two faults are never armed on one resource at the same time."""

    def execute(self, system: System | None) -> None:
        """Take the fault back. Safe to repeat, and after the system has changed.

        Args:
            system: None when its owner is gone: then no service is started.

        Raises:
            HarnessError: a service could not be started, the fault proxy hangs, or the engine or
                the kernel refuses.
            OSError: the kernel refuses.
        """


@dataclass(frozen=True, slots=True)
class NoUndo:
    """The undo of what changes nothing."""

    @property
    def resources(self) -> tuple[Resource, ...]:
        """None."""
        return ()

    def execute(self, system: System | None) -> None:
        """Do nothing."""
