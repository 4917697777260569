"""The undo of a journal that another version of this program has written."""

from dataclasses import dataclass

from gonogo.vocabulary import Resource, System, UsageError


@dataclass(frozen=True, slots=True)
class UnknownUndo:
    """An undo that this version cannot read; its fault stays open and is reported.

    Attributes:
        mechanism: the name the journal gives it.
        reason: why it cannot be read.
    """

    mechanism: str
    reason: str

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Not known."""
        return ()

    def execute(self, system: System | None) -> None:
        """Refuse.

        Raises:
            UsageError: always.
        """
        raise UsageError(
            f"this version cannot execute the undo {self.mechanism!r}: {self.reason}",
            hint="heal the run with the version that has armed the fault",
        )
