"""CSV files of the feed's steps."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from swarm.files import replacing


@contextmanager
def replacing_text(path: Path) -> Iterator[TextIO]:
    """Write a text file as ``replacing`` writes bytes."""
    with replacing(path) as out:
        lines = io.TextIOWrapper(out, encoding="utf-8", newline="")
        yield lines
        # Not closed here: `replacing` closes the file below it.
        lines.detach()


def write_rows(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write a CSV file; columns a row lacks stay empty."""
    with replacing_text(path) as lines:
        writer = csv.DictWriter(lines, [*columns])
        writer.writeheader()
        writer.writerows(rows)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV file that ``write_rows`` wrote."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
