"""Files that appear whole or not at all."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Write a text file under a temporary name; it takes its own name when all went well."""
    # Two attempts may overlap when a lease is lost, in different containers even: each writes a
    # temporary file of its own.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as lines:
            yield lines
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_rows(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write a CSV file; columns a row lacks stay empty."""
    with replacing(path) as lines:
        writer = csv.DictWriter(lines, [*columns])
        writer.writeheader()
        writer.writerows(rows)
