"""Serves the browser probe's own pages at a port: ``page_server.py PORT``."""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITE = Path(__file__).parents[1] / "probes" / "site"
HANDLER = partial(SimpleHTTPRequestHandler, directory=str(SITE))
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), HANDLER).serve_forever()
