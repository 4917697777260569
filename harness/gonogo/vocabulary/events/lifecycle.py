"""The run, its phases, and the processes that write event files."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class WriterOpened:
    """A process opened its event file; the first line of every file.

    Attributes:
        role: what the process is: ``harness``, ``pytest``, ``worker``, ``load``, ``heal``.
        pid: of the process.
    """

    kind: ClassVar = "writer.opened"
    role: str
    pid: int


@dataclass(frozen=True, slots=True)
class WriterClosed:
    """A process closed its event file; without this event it was killed.

    Attributes:
        lost: number of events that could not be written.
        why: reason for the first of them, from the operating system.
    """

    kind: ClassVar = "writer.closed"
    lost: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The run began; the values are those of the plan."""

    kind: ClassVar = "run.started"
    profile: str
    seed: int
    backend: str
    backend_reason: str
    target: str
    command: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run ended.

    Attributes:
        interrupted: a signal ended it.
    """

    kind: ClassVar = "run.finished"
    interrupted: bool


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    """A phase began."""

    kind: ClassVar = "phase.started"
    phase: str


@dataclass(frozen=True, slots=True)
class PhaseFinished:
    """A phase ran to its end.

    Attributes:
        phase: its name.
        exit_code: of pytest.
    """

    kind: ClassVar = "phase.finished"
    phase: str
    exit_code: int | None = None
