"""Where in the life of a fault its harness is killed: each step of the journal, and between."""

import json
import os
import signal
from collections.abc import Callable
from typing import Any

from gonogo.vocabulary import Fault
from gonogo_faults import JOURNAL, Journal

STEPS = (
    "planned",  # nothing is written yet
    "torn-intent",  # half a line is
    "intended",  # the undo is on the disk, nothing is armed
    "armed",  # it is armed, and the event log does not know
    "observed",  # it is armed, and everybody knows
    "taken-back",  # it is healed, and the journal does not know
    "torn-healed",  # half a line is
    "healed",  # the journal knows
)


def die_at(step: str, fault: Fault) -> None:
    """Have this process get SIGKILL at a step; ``observed`` is the caller's own."""
    if step in ("planned", "torn-intent", "torn-healed"):
        op = "healed" if step == "torn-healed" else "intent"
        _replace(Journal, "_append", _dying_append(op, torn=step != "planned"))
    elif step in ("intended", "healed"):
        _replace(Journal, "intend" if step == "intended" else "healed", _then_die)
    elif step in ("armed", "taken-back"):
        _replace(type(fault), "arm" if step == "armed" else "heal", _then_die)


def die() -> None:
    """SIGKILL, from nobody."""
    os.kill(os.getpid(), signal.SIGKILL)


def _replace(owner: type, name: str, around: Callable[..., Callable[..., None]]) -> None:
    setattr(owner, name, around(getattr(owner, name)))


def _then_die(real: Callable[..., None]) -> Callable[..., None]:
    def dying(*given: Any, **named: Any) -> None:
        real(*given, **named)
        die()

    return dying


def _dying_append(op: str, *, torn: bool) -> Callable[..., Callable[..., None]]:
    def around(real: Callable[..., None]) -> Callable[..., None]:
        def append(journal: Journal, line: dict[str, Any]) -> None:
            if line["op"] != op:
                real(journal, line)
                return
            if torn:
                text = json.dumps(line).encode()
                with (journal._path.parent / JOURNAL).open("ab") as file:
                    file.write(text[: len(text) // 2])
            die()

        return append

    return around
