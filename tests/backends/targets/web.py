"""A small web service: ``web.py PORT [DELAY_S]``; /env answers with its environment."""

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    """Answers every GET with a JSON object."""

    def do_GET(self) -> None:
        """Answer 200; a path below /say/ is written to the log."""
        if self.path.startswith("/say/"):
            sys.stdout.write(f"{self.path}\n")
            sys.stdout.flush()
        body = json.dumps(dict(os.environ) if self.path == "/env" else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log no requests, so that the log has only what tests look for."""


class Server(HTTPServer):
    """Ignores clients that are gone: an error message would need a descriptor."""

    def handle_error(self, *_: object) -> None:
        """Ignore the error."""


time.sleep(float(sys.argv[2]) if len(sys.argv) > 2 else 0.0)
server = Server((os.environ.get("HOST", "127.0.0.1"), int(sys.argv[1])), Handler)
sys.stdout.write("web.ready\n")
sys.stdout.flush()
server.serve_forever()
