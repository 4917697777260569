"""Stops, errors of the harness, and notes for the reader."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class StopRequested:
    """Something ends the run early.

    Attributes:
        reason: in words.
        condition: what asked for it: ``stop-condition`` (the run is NO-GO), ``signal`` (it was
            interrupted), ``budget``, ``edges-lost``, ``guard`` or ``watchdog``.
    """

    kind: ClassVar = "stop"
    reason: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class ErrorOccurred:
    """An error the run is judged by.

    Attributes:
        error: name of its class, or the name the judge knows it by.
        what: what is wrong, for the reader.
        where: file, option or service.
        alternatives: values that would have been valid.
        hint: what to try next.
        exit_code: the exit code it gives the run; None: as the error's name says.
    """

    kind: ClassVar = "error"
    error: str
    what: str = ""
    where: str = ""
    alternatives: tuple[str, ...] = ()
    hint: str = ""
    exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A text for the reader; nothing is judged by it."""

    kind: ClassVar = "note"
    text: str
