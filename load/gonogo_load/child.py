"""A process of a load: it reports in lines of JSON, and ends when the harness ends."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from gonogo.observation import to_json
from gonogo_load.messages import Message, read_message

# Its output is closed, so its records are written; a shared machine may stall for seconds.
_EXIT_S_MAX = 30.0
_LOG_LINES_SHOWN = 15


class ChildProcess:
    """One process. Its standard input is a pipe whose other end only this process holds.

    Args:
        name: for the reader.
        command: its argv; no secrets.
        first_line: the first line of its standard input is this as JSON; it may hold secrets.
        environment: the whole of it.
        log: where its standard error goes.
        folder: its working directory.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        first_line: object,
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
        self._incomplete_line = b""
        unsent = to_json(first_line) + b"\n"
        # A process that died at once does not read the line; its log says why it died.
        with contextlib.suppress(BrokenPipeError):
            while unsent and self.process.stdin is not None:
                unsent = unsent[self.process.stdin.write(unsent) :]

    def fileno(self) -> int:
        """Its standard output, for ``select``."""
        assert self.process.stdout is not None  # noqa: S101 - opened above
        return self.process.stdout.fileno()

    def read_messages(self) -> list[Message] | None:
        """Its messages since the last call; None when its output has ended.

        Blocks while there is nothing to read, so call ``select`` first.
        """
        chunk = os.read(self.fileno(), 65536)
        if not chunk:
            return None
        *lines, self._incomplete_line = (self._incomplete_line + chunk).split(b"\n")
        return [read_message(line) for line in lines if line.startswith(b"{")]

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal; do nothing when it has ended."""
        if self.process.poll() is None:
            self.process.send_signal(number)

    def reap(self) -> str:
        """Wait for a process whose output has ended; returns how it ended, in words.

        It is killed when it takes longer than 30 s.
        """
        try:
            code = self.process.wait(timeout=_EXIT_S_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait(timeout=_EXIT_S_MAX)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exited with {code}"

    def log_tail(self) -> str:
        """The last lines of its log."""
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return "\n".join(lines[-_LOG_LINES_SHOWN:]) or "it wrote nothing"
