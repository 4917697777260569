"""Starts the api: checks the settings, then becomes gunicorn."""

from __future__ import annotations

import os
import sys

from swarm.config import load_api_settings
from swarm.process import settings_or_exit

# A password hash needs 19 MiB for a moment. A separate mapping is returned to the system. From the
# heaps of glibc, one for each thread, it would not be: 64 threads would hold a gigabyte.
MMAP_FROM_BYTES = 1024 * 1024


def main() -> None:
    """Replace this process by gunicorn, so that signals reach it directly."""
    settings_or_exit(load_api_settings)
    os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(MMAP_FROM_BYTES))
    arguments = ["-m", "gunicorn", "-c", "python:swarm.api.server", "swarm.api.app:create_app()"]
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 - no shell on purpose


if __name__ == "__main__":
    main()
