"""Serves ``site/`` on loopback; ``/hang`` never answers, ``/slow`` answers late and no JSON."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITE = Path(__file__).parent / "site"
SLOW_S = 0.3


class _Site(SimpleHTTPRequestHandler):
    def __init__(self, *arguments: object, over: threading.Event) -> None:
        self._over = over
        super().__init__(*arguments, directory=str(SITE))  # type: ignore[arg-type]

    def do_GET(self) -> None:
        if self.path == "/hang":
            self._over.wait(60)
            return
        if self.path == "/slow":
            self._over.wait(SLOW_S)
            self.send_response(200)
            self.end_headers()
            return
        super().do_GET()

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@contextmanager
def site() -> Iterator[str]:
    """Its address."""
    over = threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Site, over=over)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        over.set()
        server.shutdown()
        thread.join(10)
