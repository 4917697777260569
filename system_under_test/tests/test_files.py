"""Atomic and durable file writes."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from swarm.feed import download_feed
from swarm.feed.files import read_rows, write_rows
from swarm.tasks.genome.files import write_whole


def _write_rows(directory: Path) -> Path:
    path = directory / "rows.csv"
    write_rows(path, ["name"], [{"name": "\u00d6se"}])
    assert read_rows(path) == [{"name": "\u00d6se"}]
    return path


def _write_whole(directory: Path) -> Path:
    path = directory / "part.json"
    write_whole(path, b"{}")
    return path


def _download(directory: Path) -> Path:
    with zipfile.ZipFile(directory / "feed.zip", "w") as packed:
        packed.writestr("feed.csv", "Title,SKU,Price\n")
    return directory / download_feed("file:feed.zip", directory, force=False).file


@pytest.mark.parametrize("write", [_write_rows, _write_whole, _download])
def test_a_file_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], Path]
) -> None:
    """First its bytes are synced, then it is renamed, then the directory is synced."""
    synced: list[tuple[Path, int, set[str]]] = []
    sync = os.fsync

    def note(handle: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        directory = path if path.is_dir() else path.parent
        synced.append((path, path.stat().st_size, {each.name for each in directory.iterdir()}))
        sync(handle)

    monkeypatch.setattr(os, "fsync", note)
    done = write(tmp_path)
    (scratch, size, before), (directory, _, after) = synced[:2]
    assert scratch.parent == directory == done.parent
    assert size == done.stat().st_size
    assert done.name not in before
    assert done.name in after


def test_a_file_that_was_not_finished_leaves_the_old_one(tmp_path: Path) -> None:
    """A failed write leaves the old file and no temporary file."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(ValueError, match="not in fieldnames"):
        write_rows(path, ["name"], [{"name": "new"}, {"other": "x"}])
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
