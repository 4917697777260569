"""Standard output and error that never change the exit code.

A pipe whose reader has gone, a full disk behind a redirection or a terminal that knows only
ASCII would raise in the middle of a command, and a GO would end with another code.
"""

import codecs
import io
import os
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

SPELL = "gonogo-spell"  # the error handler of both streams


def keep_writing() -> None:
    """Replace both streams of this process; call it once, before anything is written."""
    codecs.register_error(SPELL, _spell)
    sys.stdout = _keep_writing(sys.stdout)
    sys.stderr = _keep_writing(sys.stderr)


def _keep_writing(stream: TextIO | None) -> TextIO:
    if stream is None:  # the caller closed it
        return Path(os.devnull).open("w", errors=SPELL)
    return io.TextIOWrapper(
        io.BufferedWriter(_Output(stream.fileno(), "wb", closefd=False)),
        encoding=stream.encoding,
        errors=SPELL,
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


def _spell(error: UnicodeError) -> tuple[str | bytes, int]:
    """One character that the encoding lacks, by plainer ones or as an escape."""
    assert isinstance(error, UnicodeEncodeError)  # noqa: S101 - these streams only write
    error.end = error.start + 1
    plain = unicodedata.normalize("NFKC", error.object[error.start : error.end])
    return (plain, error.end) if plain.isascii() else codecs.backslashreplace_errors(error)
