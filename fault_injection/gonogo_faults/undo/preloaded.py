"""Services that were started with the shared object, as an undo reaches them."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gonogo.services import PreloadState, open_preload


@dataclass(frozen=True, slots=True)
class PreloadedService:
    """A service and the file it shares with its shared object.

    Attributes:
        service: name of the service.
        file: path of the file.
    """

    service: str
    file: str


def opened(services: Iterable[PreloadedService]) -> Iterator[PreloadState]:
    """The shared state of each service, one after the other; each is open only while it is used.

    When the file is gone, the run has ended, and so has every process that read the file.
    """
    for each in services:
        with contextlib.suppress(FileNotFoundError), open_preload(Path(each.file)) as state:
            yield state
