"""Follow the event files of a run while they are written."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from gonogo.observation.event_codec import parse_event
from gonogo.vocabulary import AnyEvent


class EventTail:
    """Yields events appended since the last call; survives files that appear later."""

    def __init__(self, run_dir: Path) -> None:
        self._folder = run_dir / "events"
        self._offsets: dict[Path, int] = {}

    def new_events(self) -> Iterator[AnyEvent]:
        """Complete lines only; a line still being written is left for the next call.

        A line that is not an event is left out: a full disk must not end the following.
        """
        for path in sorted(self._folder.glob("*.ndjson")):
            offset = self._offsets.get(path, 0)
            with path.open("rb") as file:
                file.seek(offset)
                chunk = file.read()
            complete, newline, _ = chunk.rpartition(b"\n")
            if newline:
                self._offsets[path] = offset + len(complete) + 1
                for line in complete.split(b"\n"):
                    with suppress(ValueError):
                        yield parse_event(line)
