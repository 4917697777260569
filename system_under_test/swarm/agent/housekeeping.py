"""Removes files from the workspace that no job needs any more."""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import structlog

from swarm.feed.download import DIRECTORY, latest_download
from swarm.jobs import JobQueue
from swarm.store import Store, StoreUnavailable

EVERY_S = 600.0
# Minimum age of temporary files that are removed. No task writes to one file for so long.
LEFT_S_MIN = 86_400.0

_JOB_ID = re.compile(r"[0-9a-f]{32}")
_DOWNLOAD = re.compile(r"[0-9a-f]{16}\.csv")
_log = structlog.get_logger()


class Housekeeper:
    """Removes old files from a workspace; several may do so at the same time.

    It removes what is older than ``ttl_s``: results of jobs that Redis does not know, downloads
    that a newer one has replaced, and temporary files. While Redis is away it removes nothing.
    """

    def __init__(self, workspace: Path, store: Store, ttl_s: float) -> None:
        self._workspace = workspace
        self._store = store
        self._ttl_s = ttl_s

    def run(self, stop: threading.Event) -> None:
        """Tidy every ten minutes until ``stop`` is set."""
        while not stop.is_set():
            try:
                removed = self.tidy()
                if removed:
                    _log.info("housekeeping.removed", count=removed)
            except StoreUnavailable:
                _log.info("housekeeping.postponed")
            except Exception:
                # If this thread ended, the disk would fill up and nobody would notice.
                _log.exception("housekeeping.failed")
            stop.wait(EVERY_S)

    def tidy(self) -> int:
        """Do one round and return how much it removed; raises StoreUnavailable, nothing removed."""
        self._store.ping()
        now_s = time.time()
        old = [*self._results(now_s), *self._downloads(now_s), *self._left(now_s)]
        return sum(_remove(path) for path in old)

    def _results(self, now_s: float) -> Iterator[Path]:
        for path in _children(self._workspace / "results"):
            if not _JOB_ID.fullmatch(path.name) or path.is_symlink() or not path.is_dir():
                continue
            changed_s = max(map(_changed_s, (path, *_below(path))))
            # Redis is asked after the age is known: a job created since then cannot own files
            # this old.
            if now_s - changed_s > self._ttl_s and self._is_forgotten(path.name):
                yield path

    def _is_forgotten(self, job_id: str) -> bool:
        return JobQueue(self._store).owner(job_id) is None

    def _downloads(self, now_s: float) -> Iterator[Path]:
        latest = latest_download(self._workspace)
        if latest is None:
            return
        found = [each for each in _children(self._workspace / DIRECTORY) if _is_download(each)]
        # A job reads the download that was the latest when it began. So the age of the successor
        # counts, not the file's own.
        for path, successor in pairwise(sorted(found, key=_changed_s)):
            is_latest = path == self._workspace / latest.file
            if not is_latest and now_s - _changed_s(successor) > self._ttl_s:
                yield path

    def _left(self, now_s: float) -> Iterator[Path]:
        for directory in (self._workspace / "results", self._workspace / DIRECTORY):
            for path in _below(directory):
                is_file = path.is_file() and not path.is_symlink()
                age_s = now_s - _changed_s(path)
                if path.name.startswith(".") and is_file and age_s > max(LEFT_S_MIN, self._ttl_s):
                    yield path


def _children(directory: Path) -> list[Path]:
    if directory.is_symlink() or not directory.is_dir():
        return []
    return sorted(directory.iterdir())


def _below(directory: Path) -> Iterator[Path]:
    """Yield everything in a directory at any depth; links are yielded, not followed."""
    if directory.is_symlink():
        return
    for at, folders, names in os.walk(directory):
        for name in (*folders, *names):
            yield Path(at, name)


def _changed_s(path: Path) -> float:
    """Return when it was last changed; the current time when it is gone: it counts as new."""
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return time.time()


def _is_download(path: Path) -> bool:
    return bool(_DOWNLOAD.fullmatch(path.name)) and path.is_file() and not path.is_symlink()


def _remove(path: Path) -> bool:
    """Remove a file or a directory; False when that fails or another process already did it."""
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        _log.warning("housekeeping.kept", path=str(path), reason=error.strerror)
        return False
    return True
