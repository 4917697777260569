"""gunicorn's configuration."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]  # it ships no types

from swarm.config import load_api_settings
from swarm.process import configure_logging, die_with_parent

_settings = load_api_settings()

bind = f"{_settings.host}:{_settings.port}"
worker_class = "gthread"
workers = _settings.workers
threads = _settings.threads
# Requests are answered within 2 s. The hub closes the sockets when it sees the worker stop.
graceful_timeout = 4
# A worker whose main loop hangs this long is replaced.
timeout = 20
keepalive = 30
backlog = 1024
control_socket_disable = True
accesslog = None


class _JsonLogger(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """Leaves handlers and format to the root logger, which writes JSON lines to stdout."""

    def setup(self, cfg: Any) -> None:
        """Let gunicorn set up its logging, then remove its handlers."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


logger_class = _JsonLogger

configure_logging("api")


def post_fork(server: Any, _worker: Any) -> None:
    """End a worker with its master: an open socket would keep it alive, and the port in use."""
    die_with_parent(server.pid)


def post_worker_init(worker: Any) -> None:
    """Start the background threads of a worker."""
    worker.wsgi.start_background(lambda: bool(worker.alive))


def when_ready(server: Any) -> None:
    """Log that the port is open."""
    server.log.info("api.listening on %s", bind)
