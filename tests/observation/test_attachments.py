"""Attachments are named by their content, and a changed one is not used."""

from pathlib import Path

from gonogo.observation import read_attachment, store_attachment
from gonogo.vocabulary.events import Attachment


def test_the_same_bytes_are_stored_once(tmp_path: Path) -> None:
    """Two equal pictures are one file, which reads back as it was."""
    first = store_attachment(tmp_path, b"picture", ".png")
    assert store_attachment(tmp_path, b"picture", ".png") == first
    assert [path.name for path in (tmp_path / "attachments").iterdir()] == [f"{first.sha256}.png"]
    assert read_attachment(tmp_path, first) == b"picture"


def test_a_changed_file_is_no_evidence(tmp_path: Path) -> None:
    """A file that was changed or removed reads as None."""
    stored = store_attachment(tmp_path, b"picture", ".png")
    (tmp_path / stored.path).write_bytes(b"another")
    assert read_attachment(tmp_path, stored) is None
    (tmp_path / stored.path).unlink()
    assert read_attachment(tmp_path, stored) is None


def test_nothing_outside_the_run_is_read(tmp_path: Path) -> None:
    """A path that leaves the run directory is refused, also with a right digest."""
    run_dir = tmp_path / "run"
    run_dir.mkdir()
    outside = store_attachment(tmp_path, b"outside", ".txt")
    for path in (f"../{outside.path}", str(tmp_path / outside.path)):
        assert read_attachment(run_dir, Attachment(path, outside.sha256)) is None
