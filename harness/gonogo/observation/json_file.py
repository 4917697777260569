"""JSON files, read back as the dataclass they were written from; never written in half.

One place decides how values become JSON and what a reader tolerates; see ``to_json`` and
``from_json``.
"""

import os
from collections.abc import Hashable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

T = TypeVar("T")


def to_json(value: object) -> bytes:
    r"""A value of dataclasses, mappings, sequences and paths as one line of JSON.

    Every text can be written: a lone surrogate becomes its escape as text (``\udcff``). A number
    that is not finite becomes null, and what JSON has no form for becomes its ``str``.
    """
    try:
        return _encoder().encode(value)
    except (UnicodeEncodeError, TypeError):
        return _encoder().encode(writable(msgspec.to_builtins(value, enc_hook=_plain)))


def from_json(data: bytes | str, of: type[T]) -> T:
    """JSON as a value of a type. Unknown keys are left out: a newer version may write more.

    Raises:
        ValueError: not JSON, or not of that type; the message says what is wrong and where.
    """
    try:
        return cast("T", decoder(of).decode(data))  # type: ignore[arg-type] # it is hashable
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


@cache
def decoder(of: Hashable) -> "msgspec.json.Decoder[Any]":
    """The decoder of a type, made once: making one takes longer than using it."""
    return msgspec.json.Decoder(cast("type[Any]", of), dec_hook=_read_path)


@cache
def _encoder() -> msgspec.json.Encoder:
    return msgspec.json.Encoder(enc_hook=_plain)


def _plain(value: object) -> object:
    """What is written for an object that JSON does not know; numpy's floats are floats."""
    if value is None or isinstance(value, bool):  # msgspec asks for these only as keys
        return msgspec.json.encode(value).decode()
    for kind in (float, int):
        if isinstance(value, kind):
            return kind(value)
    return str(value)


def _read_path(kind: type[Any], text: object) -> Path:
    if kind is not Path or not isinstance(text, str):
        raise NotImplementedError(f"JSON has no form for {kind}")
    return Path(text)


def writable(value: object) -> object:
    r"""Plain values with texts that UTF-8 can hold and keys that are texts.

    A lone surrogate, as of a file name that is no UTF-8, becomes its escape (``\udcff``).
    """
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {writable(str(key)): writable(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return tuple(map(writable, value))
    if isinstance(value, list):
        return list(map(writable, value))
    return value


def write_json_atomically(path: Path, value: object) -> None:
    """Replace a file by the JSON of a value, readable by people, durably."""
    text = msgspec.json.format(to_json(value), indent=1)
    replace_atomically(path, text, durable=True)


def replace_atomically(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Replace a file; a reader sees the old one or the new one, each whole.

    Args:
        path: of the file.
        data: all of it.
        durable: whether it must survive a crash of the machine once this returns.

    Raises:
        OSError: it cannot be written; the old file is unchanged.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(data)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    draft.replace(path)
