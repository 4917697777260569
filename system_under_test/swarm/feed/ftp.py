"""Fetches a file over FTP."""

from __future__ import annotations

import ftplib
from typing import IO
from urllib.parse import unquote, urlsplit

from swarm.feed.reader import FeedError
from swarm.feed.source import SourceAway, without_password

# For the connection and for each read.
FTP_S_MAX = 30.0


def fetch_ftp(source: str, into: IO[bytes], bytes_max: int) -> None:
    """Write a file named by ``ftp://user:password@host:port/path`` to ``into``.

    In passive mode and binary. Without a user it signs in anonymously. Raises SourceAway when a
    retry may help, FeedError when it cannot; neither message contains the password.
    """
    at = urlsplit(source)
    shown = without_password(source)
    received = 0

    def keep(chunk: bytes) -> None:
        nonlocal received
        received += len(chunk)
        if received > bytes_max:
            raise FeedError(f"{shown}: larger than {bytes_max} bytes")
        into.write(chunk)

    try:
        with ftplib.FTP(timeout=FTP_S_MAX) as session:  # noqa: S321 - what suppliers offer
            session.connect(at.hostname or "", at.port or ftplib.FTP_PORT)
            session.login(unquote(at.username or ""), unquote(at.password or ""))
            session.retrbinary(f"RETR {unquote(at.path.lstrip('/'))}", keep)
    except ftplib.error_perm as error:
        raise FeedError(f"{shown}: {str(error)[:200]}") from None
    except (ftplib.Error, OSError, EOFError) as error:
        raise SourceAway(f"{shown}: {type(error).__name__}") from None
