"""Reads CSV feeds row by row with their line numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FIELD_CHARS_MAX = 1_000_000


class FeedError(ValueError):
    """The file as a whole cannot be read as a feed."""


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A data row; ``line`` is where it ends in the file, from 1. a bad row has a ``problem``."""

    line: int
    fields: dict[str, str]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's columns, encoding and rows; rows are read on demand."""

    columns: tuple[str, ...]
    encoding: str
    rows: Iterator[FeedRow]


def read_feed(path: Path) -> Feed:
    """Open a feed in UTF-8 or, where the bytes are not, in latin-1; raises FeedError."""
    csv.field_size_limit(FIELD_CHARS_MAX)
    encoding = _encoding(path)
    rows = _rows(path, encoding)
    try:
        _, header = next(rows)
    except StopIteration:
        raise FeedError(f"{path.name}: the file is empty") from None
    columns = tuple(name.strip() for name in header)
    if len(set(columns)) != len(columns) or "" in columns:
        raise FeedError(f"{path.name}: line 1: column names must be unique and not empty")
    return Feed(columns, encoding, _as_fields(rows, columns, encoding))


def sound_rows(feed: Feed, file_name: str) -> Iterator[FeedRow]:
    """Yield the rows of a file that an earlier step wrote; raises FeedError at a bad one."""
    for row in feed.rows:
        if row.problem is not None:
            raise FeedError(f"{file_name}: line {row.line}: {row.problem}")
        yield row


def _encoding(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for _ in lines:
                pass
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8-sig"


def _rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=encoding, newline="") as lines:
        reader = csv.reader(lines, strict=True)
        try:
            for row in reader:
                yield reader.line_num, row
        except csv.Error as error:
            raise FeedError(f"{path.name}: line {reader.line_num}: {error}") from None


def _as_fields(
    rows: Iterator[tuple[int, list[str]]], columns: tuple[str, ...], encoding: str
) -> Iterator[FeedRow]:
    for line, values in rows:
        if not values:
            continue
        problem = None
        if len(values) != len(columns):
            problem = f"{len(values)} fields where the header has {len(columns)}"
        elif any(_is_broken(value, encoding) for value in values):
            problem = "broken encoding"
        yield FeedRow(line, dict(zip(columns, values, strict=False)), problem)


def _is_broken(text: str, encoding: str) -> bool:
    # A replacement character means that an earlier program lost the original. C1 control
    # characters are the result of UTF-8 or Windows-1252 bytes that were read as latin-1.
    if text.isascii():
        return False
    if any(char == "\ufffd" or "\x80" <= char <= "\x9f" for char in text):
        return True
    return encoding == "latin-1" and _is_utf_8(text.encode("latin-1"))


def _is_utf_8(data: bytes) -> bool:
    # Latin-1 text with accents is almost never valid UTF-8. If a row is, it has the wrong
    # encoding.
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
