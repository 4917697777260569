"""Standard output and error that never change the exit code.

A pipe whose reader has gone, a full disk behind a redirection or a terminal that knows only
ASCII would raise in the middle of a command, and a GO would end with another code.
"""

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def keep_writing() -> None:
    """Replace both streams of this process; call it once, before anything is written."""
    if sys.stdout is not None:
        sys.stdout = _keep_writing(sys.stdout)
    if sys.stderr is not None:
        sys.stderr = _keep_writing(sys.stderr)


def _keep_writing(stream: TextIO) -> TextIO:
    return io.TextIOWrapper(
        io.BufferedWriter(_Output(stream.fileno(), "wb", closefd=False)),
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=True,
    )


class _Output(io.FileIO):
    """After the first write that fails, the rest goes nowhere."""

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data)
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return super().write(data)
