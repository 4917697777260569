"""Canaries through a listener: how one ends, and after how long."""

import socket
import time
from dataclasses import dataclass
from enum import StrEnum

from gonogo_faults.mechanisms import REQUEST


class Ending(StrEnum):
    """How a canary ended."""

    ANSWERED = "answered"
    CLOSED = "was closed without an answer"
    SILENT = "stayed silent"
    RESET = "was reset"
    REFUSED = "was refused"


@dataclass(frozen=True, slots=True)
class Echo:
    """One canary.

    Attributes:
        ending: how it ended.
        after_ms: from the call to its end.
    """

    ending: Ending
    after_ms: float

    def __str__(self) -> str:
        return f"canary {self.ending} after {self.after_ms:.1f} ms"


def call(address: tuple[str, int], within_s: float) -> Echo:
    """Connect, send a request, wait for a byte."""
    began = time.monotonic()
    ending = _ending(address, within_s)
    return Echo(ending, (time.monotonic() - began) * 1e3)


def _ending(address: tuple[str, int], within_s: float) -> Ending:
    try:
        with socket.create_connection(address, within_s) as connection:
            connection.settimeout(within_s)
            connection.sendall(REQUEST)
            return Ending.ANSWERED if connection.recv(1) else Ending.CLOSED
    except ConnectionRefusedError:
        return Ending.REFUSED
    except TimeoutError:
        return Ending.SILENT
    except OSError:
        return Ending.RESET
