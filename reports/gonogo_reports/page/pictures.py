"""Thumbnails of the journeys, inside the page itself."""

import base64
from collections.abc import Iterable
from pathlib import Path

from gonogo.observation import read_attachment
from gonogo.vocabulary.events import Attachment
from gonogo_reports.document import JourneyPart

_BYTES_MAX = 4_000_000  # the page must open at once; pictures above the limit are links only


def pictures(run_dir: Path, shown: Iterable[JourneyPart]) -> dict[str, str]:
    """Thumbnails as ``data:`` URLs by path, in the order of the journeys, up to a total size.

    A file that is missing or was changed since it was recorded is left out.
    """
    found: dict[str, str] = {}
    left_bytes = _BYTES_MAX
    files = [step["thumbnail"] for journey in shown for step in journey["steps"]]
    for file in files:
        if file is None or file["path"] in found:
            continue
        data = read_attachment(run_dir, Attachment(file["path"], file["sha256"]))
        if data is not None and len(data) <= left_bytes:
            left_bytes -= len(data)
            found[file["path"]] = f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"
    return found
