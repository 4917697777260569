"""A web service that keeps 2 MiB of every request: ``leak.py PORT``."""

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

KEPT: list[bytearray] = []


class Handler(BaseHTTPRequestHandler):
    """Answers every GET and frees no memory."""

    def do_GET(self) -> None:
        """Answer 200."""
        KEPT.append(bytearray(os.urandom(2 * 1024 * 1024)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


HTTPServer((os.environ.get("HOST", "127.0.0.1"), int(sys.argv[1])), Handler).serve_forever()
