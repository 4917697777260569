"""A process that tells what it does in lines of JSON, and ends when the harness does."""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# The last word is said, the books are closed; a machine shared with others may stall for seconds.
_END_S_MAX = 30.0
_TAIL_LINES = 15


class Child:
    """One such process. Its standard input is a pipe whose other end is held here only.

    Args:
        name: for the reader.
        command: its argv; no secrets.
        told: first line of its standard input, JSON; secrets may stand in it.
        environment: the whole of it.
        log: where its standard error goes.
        folder: its working directory.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        told: str,
        *,
        environment: Mapping[str, str],
        log: Path,
        folder: Path,
    ) -> None:
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as stderr:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                bufsize=0,
                cwd=folder,
                env=environment,
            )
        self._rest = b""
        line = told.encode() + b"\n"
        # One that died at once says why in its log; nobody reads this line then.
        with contextlib.suppress(BrokenPipeError):
            while line and self.process.stdin is not None:
                line = line[self.process.stdin.write(line) :]

    def fileno(self) -> int:
        """Its standard output, to be selected on."""
        assert self.process.stdout is not None  # noqa: S101 - opened above
        return self.process.stdout.fileno()

    def hear(self) -> list[dict[str, Any]] | None:
        """What it has told since the last call; None when it has ended. May block: select first."""
        chunk = os.read(self.fileno(), 65536)
        if not chunk:
            return None
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        return [json.loads(line) for line in lines if line.startswith(b"{")]

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal; nothing when it has ended."""
        if self.process.poll() is None:
            self.process.send_signal(number)

    def reap(self) -> str:
        """How one that closed its output ended, in words; it is killed when it has not."""
        try:
            code = self.process.wait(timeout=_END_S_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait(timeout=_END_S_MAX)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exited with {code}"

    def tail(self) -> str:
        """The last lines of its log."""
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return "\n".join(lines[-_TAIL_LINES:]) or "it said nothing"
