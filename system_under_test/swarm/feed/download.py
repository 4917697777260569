"""Downloads the feed: a zip with one CSV, stored in the workspace under the hash of its content."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import requests

from swarm.feed.files import replacing_text
from swarm.feed.ftp import fetch_ftp
from swarm.feed.reader import FeedError
from swarm.feed.source import SourceAway, without_password
from swarm.files import replacing

DIRECTORY = "downloads"
LATEST = "latest.json"
ARCHIVE_BYTES_MAX = 256 * 1024 * 1024
CSV_BYTES_MAX = 1024 * 1024 * 1024
CONNECT_S_MAX, READ_S_MAX = 5.0, 30.0


@dataclass(frozen=True, slots=True)
class Download:
    """A feed in the workspace; ``file`` is its name there, ``source`` holds no password."""

    source: str
    sha256: str
    file: str
    bytes: int
    fresh: bool


def latest_download(workspace: Path) -> Download | None:
    """Return the last download, None when there is none or its file is gone or damaged."""
    try:
        known = Download(**json.loads((workspace / DIRECTORY / LATEST).read_text("utf-8")))
        whole = (workspace / known.file).stat().st_size == known.bytes
    except (OSError, ValueError, TypeError):
        return None
    return known if whole else None


def download_feed(source: str, workspace: Path, *, force: bool) -> Download:
    """Fetch and unpack the feed; raises FeedError, SourceAway.

    An archive with the same bytes as the last one is not unpacked again unless ``force``.
    Files are named by the hash of their content, so that a file never changes while a job reads it.
    """
    shown = without_password(source)
    directory = workspace / DIRECTORY
    directory.mkdir(exist_ok=True)
    with tempfile.TemporaryFile(dir=directory) as archive:
        _fetch(source, workspace, archive)
        archive.seek(0)
        digest = hashlib.file_digest(archive, "sha256").hexdigest()
        known = latest_download(workspace)
        if not force and known is not None and known.sha256 == digest:
            return Download(shown, digest, known.file, known.bytes, fresh=False)
        archive.seek(0)
        size = _unpack(archive, directory / f"{digest[:16]}.csv", shown)
    done = Download(shown, digest, f"{DIRECTORY}/{digest[:16]}.csv", size, fresh=True)
    with replacing_text(directory / LATEST) as lines:
        json.dump(asdict(done), lines)
    return done


def _fetch(source: str, workspace: Path, into: IO[bytes]) -> None:
    if source.startswith("file:"):
        path = workspace / source.removeprefix("file:")
        try:
            with path.open("rb") as found:
                shutil.copyfileobj(found, into)
        except OSError as error:
            raise FeedError(f"{source}: {error.strerror}") from None
        return
    shown = without_password(source)
    if source.startswith("ftp:"):
        fetch_ftp(source, into, ARCHIVE_BYTES_MAX)
        return
    try:
        with requests.get(source, stream=True, timeout=(CONNECT_S_MAX, READ_S_MAX)) as answer:
            if answer.status_code >= 500 or answer.status_code == 429:
                raise SourceAway(f"{shown}: HTTP {answer.status_code}")
            if answer.status_code != 200:
                raise FeedError(f"{shown}: HTTP {answer.status_code}")
            for chunk in answer.iter_content(65_536):
                into.write(chunk)
                if into.tell() > ARCHIVE_BYTES_MAX:
                    raise FeedError(f"{shown}: larger than {ARCHIVE_BYTES_MAX} bytes")
    except requests.RequestException as error:
        raise SourceAway(f"{shown}: {type(error).__name__}") from None


def _unpack(archive: IO[bytes], target: Path, shown: str) -> int:
    try:
        with zipfile.ZipFile(archive) as packed, replacing(target) as out:
            members = [each for each in packed.infolist() if each.filename.endswith(".csv")]
            if len(members) != 1:
                raise FeedError(f"{shown}: holds {len(members)} CSV files, not one")
            # The size in the archive's header may be wrong, so the unpacked bytes are counted.
            with packed.open(members[0]) as rows:
                while chunk := rows.read(65_536):
                    out.write(chunk)
                    if out.tell() > CSV_BYTES_MAX:
                        raise FeedError(f"{shown}: unpacks to more than {CSV_BYTES_MAX} bytes")
            return out.tell()
    # What zipfile raises for an encrypted archive or an unknown compression (RuntimeError), for
    # damaged data (zlib.error) and for truncated data (EOFError).
    except (zipfile.BadZipFile, RuntimeError, zlib.error, EOFError) as error:
        raise FeedError(f"{shown}: not a zip archive this can read: {error}") from None
