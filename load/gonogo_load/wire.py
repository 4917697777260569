"""Values between the harness and the processes of a load: one line of JSON each."""

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def to_line(value: object) -> bytes:
    """A dataclass or message as a line of JSON; ``from_line`` gives an equal value.

    Paths become absolute.
    """
    # Not msgspec's own JSON: it refuses half a surrogate pair, which an answer of the system
    # may hold, and keys that are true, false or null, which a body of the target may have.
    return json.dumps(msgspec.to_builtins(value, enc_hook=_to_text)).encode() + b"\n"


def from_line(line: bytes, kind: type[T]) -> T:
    """The value of type ``kind`` in a line that ``to_line`` wrote.

    Raises:
        msgspec.ValidationError: the line holds another value.
    """
    return msgspec.convert(json.loads(line), kind, dec_hook=_from_text)


def tell(message: msgspec.Struct) -> None:
    """Write a message to the standard output, where the harness reads it."""
    with contextlib.suppress(BrokenPipeError):  # the harness is gone
        os.write(sys.stdout.fileno(), to_line(message))


def _to_text(value: Any) -> str:
    if isinstance(value, Path):
        return str(value.resolve())  # the other process may have another working directory
    raise NotImplementedError(f"no JSON for {type(value)}")


def _from_text(kind: type[T], text: Any) -> T | Path:
    if issubclass(kind, Path):
        return Path(text)
    raise NotImplementedError(f"no {kind} in JSON")
