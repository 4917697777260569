"""The agent's side of the child process."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Any, cast

from swarm.config import task_environment

READ_BYTES = 65_536
# A child that closed its output exits at once. If it takes longer, it hangs.
EXIT_S_MAX = 1.0


class _Child:
    """The process with its pipes."""

    def __init__(self, arguments: list[str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "swarm.agent.child", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=task_environment(),
        )
        self.stdin = cast("IO[bytes]", self.process.stdin)
        self.stdout = cast("IO[bytes]", self.process.stdout)

    def reap(self) -> str:
        """Wait for the ended process and return why it ended."""
        try:
            code = self.process.wait(EXIT_S_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.stdout.close()
        # Input that it did not read is of no interest.
        with contextlib.suppress(BrokenPipeError):
            self.stdin.close()
        if code < 0:
            return f"the task process died by {signal.Signals(-code).name}"
        return f"the task process exited with code {code}"


class Runner:
    """Keeps one warm child process and starts a new one when it dies."""

    def __init__(self, workspace: Path, memory_mib: int) -> None:
        self._arguments = [str(workspace), str(memory_mib), str(os.getpid())]
        self._child: _Child | None = None
        self._buffer = b""

    def start(self, request: dict[str, Any]) -> None:
        """Give a task to the child; ``poll`` reports how it ends, also when the child dies."""
        if self._child is not None and self._child.process.poll() is not None:
            # It died while idle: no task was lost, only the time to start it.
            self._reap()
        if self._child is None:
            self._child = _Child(self._arguments)
            self._buffer = b""
        # If the child dies now, poll reports it.
        with contextlib.suppress(BrokenPipeError):
            self._child.stdin.write(json.dumps(request).encode() + b"\n")
            self._child.stdin.flush()

    def poll(self, timeout_s: float) -> list[dict[str, Any]]:
        """Return the answers that arrive within ``timeout_s``; the child's end is one of them."""
        if self._child is None:
            return [{"kind": "died", "reason": "the task process is gone"}]
        pipe = self._child.stdout
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            if not selector.select(max(0.0, timeout_s)):
                return []
        data = os.read(pipe.fileno(), READ_BYTES)
        if not data:
            return [{"kind": "died", "reason": self._reap()}]
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def kill(self) -> None:
        """End the child with whatever it is doing."""
        if self._child is not None:
            self._child.process.kill()
            self._reap()

    def _reap(self) -> str:
        child, self._child = self._child, None
        return child.reap() if child is not None else ""
