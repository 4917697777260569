"""A small web service: ``web.py PORT [DELAY_S]``; /env answers with its environment."""

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    """Answers every GET with a JSON object."""

    def do_GET(self) -> None:
        """Answer 200; what is asked of /say/ stands in the log."""
        if self.path.startswith("/say/"):
            sys.stdout.write(f"{self.path}\n")
            sys.stdout.flush()
        body = json.dumps(dict(os.environ) if self.path == "/env" else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the log for what tests look for."""


class Server(HTTPServer):
    """Does not mind a client that is gone: telling it takes a descriptor, and there may be none."""

    def handle_error(self, *_: object) -> None:
        """Go on."""


time.sleep(float(sys.argv[2]) if len(sys.argv) > 2 else 0.0)
server = Server((os.environ.get("HOST", "127.0.0.1"), int(sys.argv[1])), Handler)
sys.stdout.write("web.ready\n")
sys.stdout.flush()
server.serve_forever()
