"""Live progress: a thread that shows the events of a run on the terminal as they are written."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from gonogo.observation import EventTail
from gonogo_reports import LiveProgress

REFRESH_S = 0.2


@contextmanager
def following(run_dir: Path) -> Iterator[None]:
    """Show progress on standard error while the block runs."""
    done = threading.Event()
    with LiveProgress(Console(stderr=True, highlight=False), run_dir) as live:

        def follow() -> None:
            tail = EventTail(run_dir)
            while True:
                last = done.wait(REFRESH_S)
                for event in tail.new_events():
                    live.feed(event)
                live.refresh()
                if last:
                    return

        thread = threading.Thread(target=follow, name="progress", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(timeout=5)
