"""Arming at an event of the system, a line of a service: ``log(agent-*) ~ "started"``.

The text is ``log(SELECTOR) ~ "REGEX"``: a shell pattern over names of services, and a regular
expression that is searched in each line they write to stdout or stderr.
"""

import re
import time
from dataclasses import dataclass
from pathlib import Path

from gonogo.backends import RunningSystem
from gonogo.services import log_path
from gonogo.vocabulary import UsageError

_FORM = re.compile(r"""\s*log\(\s*([^()\s]+)\s*\)\s*~\s*(["'])(.+)\2\s*""")
_LOOK_EVERY_S = 0.01
_BYTES_MAX = 4 * 1024 * 1024  # bytes of one read


@dataclass(frozen=True, slots=True)
class GateOpened:
    """The line a gate waited for.

    Attributes:
        service: the service that wrote it.
        line: its text.
        waited_s: how long that took.
    """

    service: str
    line: str
    waited_s: float


class LogMarks:
    """The length of each service's output at one moment: lines beyond it are new."""

    def __init__(self, system: RunningSystem) -> None:
        self._paths = {name: log_path(system.run_dir, name) for name in system.services()}
        self._ends = {name: _size(path) for name, path in self._paths.items()}

    def await_line(
        self, services: tuple[str, ...], regex: str, limit_s: float
    ) -> GateOpened | None:
        """The first new line that matches; None when none came in time."""
        wanted = re.compile(regex)
        at = {name: self._ends[name] for name in services}
        began = time.monotonic()
        while True:
            for name in services:
                lines, at[name] = _whole_lines(self._paths[name], at[name])
                found = next(filter(wanted.search, lines), None)
                if found is not None:
                    return GateOpened(name, found, round(time.monotonic() - began, 3))
            if time.monotonic() - began >= limit_s:
                return None
            time.sleep(_LOOK_EVERY_S)


def parse_gate(text: str) -> tuple[str, str]:
    """Selector and regular expression of a gate.

    Raises:
        UsageError: the text has another form.
    """
    form = _FORM.fullmatch(text)
    if form is None:
        raise UsageError(f"{text!r} is no event to wait for", hint='log(agent-*) ~ "started"')
    try:
        re.compile(form[3])
    except re.error as error:
        raise UsageError(f"{form[3]!r} is no regular expression: {error}") from None
    return form[1], form[3]


def _whole_lines(path: Path, at: int) -> tuple[list[str], int]:
    """Complete lines from an offset on, and the offset of what follows them."""
    try:
        with path.open("rb") as file:
            file.seek(at)
            whole, newline, _ = file.read(_BYTES_MAX).rpartition(b"\n")
    except FileNotFoundError:
        return [], at
    return whole.decode(errors="replace").splitlines(), at + len(whole) + len(newline)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
