"""The shop's process: serves until SIGTERM."""

from __future__ import annotations

import json
import logging
import signal
import sys

from werkzeug.serving import make_server

from swarm_shop.app import create_app
from swarm_shop.settings import SettingsError, load_settings

EXIT_CONFIG = 2


def main() -> None:
    """Run one shop; one process, because its cost bucket and its faults are in memory."""
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"swarm_shop: configuration error: {error}\n")
        raise SystemExit(EXIT_CONFIG) from None
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server(settings.host, settings.port, create_app(settings), threaded=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    line = {"event": "shop.ready", "process": "shop", "port": server.port}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
