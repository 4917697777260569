"""The child process that runs task code, one task after another.

Reads one JSON object a line from stdin, answers with JSON lines on stdout: any number of
``progress`` and ``log``, then one ``completed`` or ``failed``. A crash here ends the task,
not the agent. Started as ``python -m swarm.agent.child WORKSPACE MEMORY_MIB``.
"""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, TextIO

from pydantic import ValidationError

from swarm.process import die_with_parent
from swarm.tasks import TASK_TYPES, PermanentError, TaskContext

RESULT_BYTES_MAX = 1024 * 1024


def take_stdout() -> TextIO:
    """Keep stdout for the protocol; what task code prints goes to stderr instead."""
    private = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(private, "w", encoding="utf-8")


class Child:
    """Runs tasks and writes the answers to ``answers``."""

    def __init__(self, workspace: Path, answers: TextIO) -> None:
        self._workspace = workspace
        self._answers = answers
        roots = sorted({str(workspace), str(workspace.resolve())}, key=len, reverse=True)
        self._root = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, roots))})(/|(?![\w.-]))")

    def run(self, request: dict[str, Any]) -> None:
        """Run one task and answer how it ended."""
        context = TaskContext(
            job_id=request["job_id"],
            workspace=self._workspace,
            inputs=request["inputs"],
            report=lambda share: self._answer(kind="progress", fraction=share),
            log=lambda level, message: self._answer(
                kind="log", level=level, message=self._relative(message)
            ),
        )
        try:
            result = TASK_TYPES[request["type"]].execute(context, request["parameters"])
            text = json.dumps(result, allow_nan=False)
            if len(text) > RESULT_BYTES_MAX:
                raise PermanentError(f"the result is larger than {RESULT_BYTES_MAX} bytes")
        except Exception as error:
            # Whatever task code raises fails the task only; the child goes on.
            traceback.print_exc()
            reason = self._relative(_reason(error))
            self._answer(kind="failed", permanent=_is_permanent(error), reason=reason)
        else:
            self._answer(kind="completed", result=text)

    def _relative(self, text: str) -> str:
        """Return the text with file names relative to the workspace, as users know them."""
        return self._root.sub(lambda found: "" if found[1] else "the workspace", text)

    def _answer(self, **fields: object) -> None:
        self._answers.write(json.dumps(fields) + "\n")
        self._answers.flush()


def _is_permanent(error: Exception) -> bool:
    # A retry does not repair malformed input. swarm_core.ParseError is a ValueError too.
    return isinstance(error, PermanentError | ValidationError | ValueError | KeyError | TypeError)


def _reason(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "it needed more memory than a task may have"
    text = str(error)[:2000]
    return text if isinstance(error, PermanentError) else f"{type(error).__name__}: {text}"


def main() -> None:
    """Serve tasks until stdin closes."""
    workspace, memory_mib, parent_pid = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    die_with_parent(parent_pid)
    # Only the agent stops the child. Ctrl-C in a terminal goes to both and must not end the child.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_bytes = memory_mib * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (limit_bytes, limit_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    child = Child(workspace, take_stdout())
    for line in sys.stdin:
        child.run(json.loads(line))


if __name__ == "__main__":
    main()
