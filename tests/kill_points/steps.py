"""At which steps of a fault its harness is killed: at each journal line, and between them."""

import os
import signal
from collections.abc import Callable
from typing import Any

from gonogo.vocabulary import Fault
from gonogo_faults import Journal, journal
from gonogo_faults.undo import MECHANISMS

STEPS = (
    "planned",  # nothing is written yet
    "torn-intent",  # half a line is
    "intended",  # the undo is on the disk, nothing is armed
    "armed",  # it is armed, and the event log does not say so
    "observed",  # it is armed, and the event log says so
    "taken-back",  # the undo was executed, and the journal does not say so
    "torn-healed",  # half a line is
    "healed",  # the journal says so
)


def die_at(step: str, fault: Fault) -> None:
    """Make this process get SIGKILL at a step; the caller handles ``observed`` itself."""
    if step in ("planned", "torn-intent", "torn-healed"):
        op = b"healed" if step == "torn-healed" else b"intent"
        _replace(journal, "write_line", _dying_write(op, torn=step != "planned"))
    elif step in ("intended", "healed"):
        _replace(Journal, "intend" if step == "intended" else "healed", _then_die)
    elif step == "armed":
        _replace(type(fault), "arm", _then_die)
    elif step == "taken-back":
        for mechanism in MECHANISMS.values():
            _replace(mechanism, "execute", _then_die)


def die() -> None:
    """Send SIGKILL to this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def _replace(owner: object, name: str, around: Callable[..., Callable[..., None]]) -> None:
    setattr(owner, name, around(getattr(owner, name)))


def _then_die(real: Callable[..., None]) -> Callable[..., None]:
    def dying(*given: Any, **named: Any) -> None:
        real(*given, **named)
        die()

    return dying


def _dying_write(op: bytes, *, torn: bool) -> Callable[..., Callable[..., None]]:
    def around(real: Callable[[int, bytes], None]) -> Callable[[int, bytes], None]:
        def write(fd: int, line: bytes) -> None:
            if b'"op":"' + op + b'"' not in line:
                real(fd, line)
                return
            if torn:
                real(fd, line[: len(line) // 2])
            die()

        return write

    return around
