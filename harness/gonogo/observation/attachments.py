"""Attachments: files of evidence below the run directory, named by their content."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

FOLDER = "attachments"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored file.

    Attributes:
        path: below the run directory.
        sha256: of its bytes, in hex.
    """

    path: str
    sha256: str


def store_attachment(run_dir: Path, data: bytes, suffix: str) -> Attachment:
    """Store bytes under their own digest; the same bytes are stored once.

    Args:
        run_dir: the run directory.
        data: the whole file.
        suffix: what it is, ``.png``.

    Raises:
        OSError: it cannot be written.
    """
    digest = hashlib.sha256(data).hexdigest()
    path = run_dir / FOLDER / f"{digest}{suffix}"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_bytes(data)
        draft.replace(path)
    return Attachment(f"{FOLDER}/{path.name}", digest)


def read_attachment(run_dir: Path, attachment: Attachment) -> bytes | None:
    """Its bytes; None when they are gone, were changed, or lie outside the run directory."""
    if ".." in PurePosixPath(attachment.path).parts or attachment.path.startswith("/"):
        return None
    try:
        data = (run_dir / attachment.path).read_bytes()
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == attachment.sha256 else None
