"""Messages from the processes of a load to the harness, on their standard output."""

import contextlib
import os
import sys

import msgspec

from gonogo.observation import from_json, to_json
from gonogo.vocabulary.events import FigureRow


class Started(msgspec.Struct, frozen=True, tag=True):
    """The load is under way.

    Attributes:
        start_ns: monotonic time of the start.
    """

    start_ns: int


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The system refused the login or the setup; there is no load.

    Attributes:
        what: the reason, for the reader.
    """

    what: str


class Stopped(msgspec.Struct, frozen=True, tag=True):
    """No new request is begun from now on.

    Attributes:
        end_ns: monotonic time.
    """

    end_ns: int


class Finished(msgspec.Struct, frozen=True, tag=True):
    """Open model: every request has its record, and the files are complete.

    Attributes:
        end_ns: monotonic time after which no request was begun.
        stopped_early: whether it was stopped before the end of the schedule.
        cpu_s: processor time of the worker, start included.
    """

    end_ns: int
    stopped_early: bool
    cpu_s: float


class WorkersMissing(msgspec.Struct, frozen=True, tag=True):
    """Locust's master misses the heartbeat of workers.

    Attributes:
        clients: their names at Locust; empty when all answer again.
    """

    clients: list[str]


class Figures(msgspec.Struct, frozen=True, tag=True):
    """Locust's own figures, the last message of its master.

    Attributes:
        rows: one for each operation name; ``Aggregated`` is the sum of all.
    """

    rows: tuple[FigureRow, ...]


class WorkerJoined(msgspec.Struct, frozen=True, tag=True):
    """A Locust worker is connected to its master.

    Attributes:
        client: its name at Locust.
    """

    client: str


class WorkerFinished(msgspec.Struct, frozen=True, tag=True):
    """A Locust worker has written its last record."""


Message = (
    Started
    | Refused
    | Stopped
    | Finished
    | WorkersMissing
    | Figures
    | WorkerJoined
    | WorkerFinished
)


def send(message: Message) -> None:
    """Write a message to the standard output, where the harness reads it."""
    with contextlib.suppress(BrokenPipeError):  # the harness is gone
        os.write(sys.stdout.fileno(), to_json(message) + b"\n")


def read_message(line: bytes) -> Message:
    """The message of one line.

    Raises:
        ValueError: it is not one of the messages above.
    """
    return from_json(line, Message)  # type: ignore[arg-type] # it takes unions too
