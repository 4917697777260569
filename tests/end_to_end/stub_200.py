"""A server that answers 200 and an empty object to everything."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Always200(BaseHTTPRequestHandler):
    """Answers 200 to every request."""

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _answer  # noqa: N815 - names of the library

    def log_message(self, *_: object) -> None:
        """Log nothing."""


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Always200).serve_forever()
