"""Attachments: files of evidence below the run directory, named by their content."""

import hashlib
from pathlib import Path, PurePosixPath

from gonogo.observation.json_file import replace_atomically
from gonogo.vocabulary.events import Attachment

FOLDER = "attachments"


def store_attachment(run_dir: Path, data: bytes, suffix: str) -> Attachment:
    """Store bytes under their own digest; the same bytes are stored once.

    Args:
        run_dir: the run directory.
        data: content of the file.
        suffix: of its name, such as ``.png``.

    Raises:
        OSError: it cannot be written.
    """
    digest = hashlib.sha256(data).hexdigest()
    path = run_dir / FOLDER / f"{digest}{suffix}"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        replace_atomically(path, data)
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
