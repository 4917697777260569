"""Incarnations of a service: one runs from a start to its end; and what starts them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gonogo.vocabulary import ProcessIdentity


@dataclass(frozen=True, slots=True)
class Exit:
    """How an incarnation ended.

    Attributes:
        code: exit code as Docker numbers it, 128 + signal.
        cause: what the code does not say ("out of memory"), ``""`` when nothing.
    """

    code: int
    cause: str = ""


class Incarnation(Protocol):
    """One incarnation of a service, awaited by its main process, never by a pid alone."""

    @property
    def identity(self) -> ProcessIdentity:
        """Its main process, as this machine numbers it."""

    @property
    def log_offset(self) -> int:
        """Where its output begins in the log of the service."""

    def wait(self, limit_s: float | None) -> bool:
        """Wait for exit or wake-up; says whether one of them came within the limit."""

    def wait_exit(self, limit_s: float) -> bool:
        """Wait for the exit alone; says whether it came."""

    def lived_s(self) -> float:
        """Seconds since it was started."""

    def ask_to_stop(self) -> None:
        """Send the signal that asks it to end, if it still is there."""

    def kill(self) -> None:
        """Send SIGKILL, if it still is there."""

    def reap(self, limit_s: float) -> Exit | None:
        """Collect how it ended, its last output included; None when it does not end."""


class Launch(Protocol):
    """One service, ready to be started any number of times."""

    @property
    def log(self) -> Path:
        """Where its output goes."""

    @property
    def container(self) -> str:
        """Id of its container, ``""`` for a local process."""

    def begin(self, wake_fd: int) -> Incarnation:
        """Start it.

        Args:
            wake_fd: becomes readable when the waiting thread should stop waiting.

        Raises:
            OSError: its command cannot be executed.
        """

    def trouble(self) -> str:
        """Why it may not be ready, beyond its output; ``""`` when nothing is known."""

    def processes(self, main: ProcessIdentity | None) -> Sequence[ProcessIdentity]:
        """All processes of the service that are alive, given its last main process."""
