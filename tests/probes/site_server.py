"""Serves ``site/`` on loopback; ``/hang`` never answers, ``/slow`` only after an event."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITE = Path(__file__).parent / "site"
HANG_S = 600.0  # longer than any test waits


@dataclass(frozen=True)
class Site:
    """Where it is served, and the event that lets ``/slow`` answer."""

    address: str
    answer_slow: threading.Event


class _Handler(SimpleHTTPRequestHandler):
    def __init__(
        self, *arguments: object, over: threading.Event, answer_slow: threading.Event
    ) -> None:
        self._over, self._answer_slow = over, answer_slow
        super().__init__(*arguments, directory=str(SITE))  # type: ignore[arg-type]

    def do_GET(self) -> None:
        if self.path == "/hang":
            self._over.wait(HANG_S)
            return
        if self.path == "/slow":
            self._answer_slow.wait(HANG_S)
            self.send_response(200)
            self.end_headers()
            return
        super().do_GET()

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@contextmanager
def site() -> Iterator[Site]:
    """The site while it is served."""
    over, answer_slow = threading.Event(), threading.Event()
    handler = partial(_Handler, over=over, answer_slow=answer_slow)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Site(f"http://127.0.0.1:{server.server_address[1]}", answer_slow)
        over.set()
        answer_slow.set()
        server.shutdown()
        thread.join(10)
