"""What every process does: log JSON lines, read settings, stop on a signal."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

import structlog

from swarm.config import ConfigError

T = TypeVar("T")

EXIT_CONFIG = 2
_PR_SET_PDEATHSIG = 1


def configure_logging(process: str, **more: str) -> None:
    """Send structlog and the standard library's logging to stdout, one JSON object a line.

    Each line carries the name of the process and whatever more is given.
    """
    labels = {"process": process, **more}
    shared: list[structlog.typing.Processor] = [
        _namer(labels),
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _namer(labels: dict[str, str]) -> structlog.typing.Processor:
    # Not structlog's context variables: a new thread would not have them.
    def add_labels(
        _logger: Any, _method: str, line: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        return {**line, **labels}

    return add_labels


def settings_or_exit(load: Callable[[], T]) -> T:
    """Load settings; on mistakes print one line for each and exit with code 2."""
    try:
        return load()
    except ConfigError as error:
        for problem in error.problems:
            sys.stderr.write(f"swarm: configuration error: {problem}\n")
        raise SystemExit(EXIT_CONFIG) from None


def stop_on_signals() -> threading.Event:
    """Return an event that SIGTERM or SIGINT sets, so that loops can stop in order."""
    stop = threading.Event()

    def request_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, request_stop)
    signal.signal(signal.SIGINT, request_stop)
    return stop


def die_with_parent(parent_pid: int) -> None:
    """Ask Linux to kill this process when its parent dies, even by SIGKILL.

    An orphan would continue work that nobody waits for, or block a port that its successor needs.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before prctl was called.
    if os.getppid() != parent_pid:
        raise SystemExit(1)
