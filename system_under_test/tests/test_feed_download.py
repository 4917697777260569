"""Fetching the feed."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
from ftp_support import PASSWORD, USER, ftp_server
from swarm.feed import FeedError, SourceAway, download_feed, latest_download

_FLAGS, _METHOD = 6, 8  # where a local header has them; a central one two bytes later
ROWS = "Title,SKU,Price\nÖse,a,1\n".encode("latin-1")


def _archive(**members: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name.replace("_", "."), content)
    return data.getvalue()


def _altered(offset: int, value: int) -> bytes:
    """An archive whose local and central header hold a value at the field's local offset."""
    data = bytearray(_archive(rows_csv=ROWS * 20))
    for start in (0, data.index(b"PK\x01\x02") + 2):
        data[start + offset] = value
    return bytes(data)


def _damaged() -> bytes:
    data = bytearray(_archive(rows_csv=ROWS * 20))
    packed = 30 + len("rows.csv")
    data[packed : packed + 4] = b"\xff" * 4
    return bytes(data)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The directory ``tmp_path/served`` over HTTP."""
    (tmp_path / "served").mkdir()
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_csv_comes_out_as_it_went_in(tmp_path: Path) -> None:
    """Byte by byte, in whatever encoding; the last download is known afterwards."""
    (tmp_path / "feed.zip").write_bytes(_archive(rows_csv=ROWS, readme_txt=b"hello"))
    found = download_feed("file:feed.zip", tmp_path, force=False)
    assert found.fresh
    assert (tmp_path / found.file).read_bytes() == ROWS
    assert latest_download(tmp_path) == found


def test_the_same_archive_is_unpacked_once(tmp_path: Path) -> None:
    """Unless forced, the same archive is not unpacked again; another archive gets its own file."""
    (tmp_path / "feed.zip").write_bytes(_archive(rows_csv=ROWS))
    first = download_feed("file:feed.zip", tmp_path, force=False)
    assert not download_feed("file:feed.zip", tmp_path, force=False).fresh
    assert download_feed("file:feed.zip", tmp_path, force=True).fresh
    (tmp_path / "feed.zip").write_bytes(_archive(rows_csv=ROWS + b"b,b,2\n"))
    second = download_feed("file:feed.zip", tmp_path, force=False)
    assert second.fresh
    assert second.file != first.file
    assert (tmp_path / first.file).read_bytes() == ROWS
    (tmp_path / second.file).unlink()
    assert latest_download(tmp_path) is None
    assert download_feed("file:feed.zip", tmp_path, force=False).fresh


def test_a_damaged_download_is_none(tmp_path: Path) -> None:
    """A truncated file does not count as unchanged: it is unpacked again."""
    (tmp_path / "feed.zip").write_bytes(_archive(rows_csv=ROWS))
    first = download_feed("file:feed.zip", tmp_path, force=False)
    (tmp_path / first.file).write_bytes(ROWS[:5])
    assert latest_download(tmp_path) is None
    assert download_feed("file:feed.zip", tmp_path, force=False).fresh
    assert (tmp_path / first.file).read_bytes() == ROWS


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not a zip", "not a zip archive"),
        (_altered(_FLAGS, 1), "encrypted"),
        (_altered(_METHOD, 99), "compression method"),
        (_damaged(), "not a zip archive this can read"),
        (_archive(readme_txt=b"x"), "holds 0 CSV files"),
        (_archive(a_csv=b"x", b_csv=b"y"), "holds 2 CSV files"),
    ],
    ids=["no-zip", "encrypted", "unknown-method", "damaged", "no-csv", "two-csv"],
)
def test_an_archive_that_is_no_feed_is_an_error(
    tmp_path: Path, content: bytes, message: str
) -> None:
    """It says what is wrong and leaves nothing behind."""
    (tmp_path / "feed.zip").write_bytes(content)
    with pytest.raises(FeedError, match=message):
        download_feed("file:feed.zip", tmp_path, force=False)
    assert list((tmp_path / "downloads").iterdir()) == []
    with pytest.raises(FeedError, match="No such file"):
        download_feed("file:gone.zip", tmp_path, force=False)


def test_it_is_fetched_over_http(tmp_path: Path, address: str) -> None:
    """A missing file fails for good; a source that does not answer may be retried."""
    (tmp_path / "served" / "feed.zip").write_bytes(_archive(rows_csv=ROWS))
    found = download_feed(f"{address}/feed.zip", tmp_path, force=False)
    assert (tmp_path / found.file).read_bytes() == ROWS
    with pytest.raises(FeedError, match="HTTP 404"):
        download_feed(f"{address}/gone.zip", tmp_path, force=False)
    with pytest.raises(SourceAway, match="ConnectionError"):
        download_feed("http://127.0.0.1:9/feed.zip", tmp_path, force=False)


def test_it_is_fetched_over_ftp(tmp_path: Path) -> None:
    """With the account in the address; the password is shown nowhere."""
    secret = quote(PASSWORD)
    with ftp_server({"out/feed.zip": _archive(rows_csv=ROWS)}) as host:
        found = download_feed(f"ftp://{USER}:{secret}@{host}/out/feed.zip", tmp_path, force=False)
        assert (tmp_path / found.file).read_bytes() == ROWS
        told = [(tmp_path / "downloads" / "latest.json").read_text()]
        for address, message in (
            (f"ftp://{USER}:{secret}@{host}/gone.zip", "550"),
            (f"ftp://{USER}:wrong{secret}@{host}/out/feed.zip", "530"),
        ):
            with pytest.raises(FeedError, match=message) as error:
                download_feed(address, tmp_path, force=False)
            told.append(str(error.value))
    with pytest.raises(SourceAway, match="ConnectionRefusedError") as away:
        download_feed(f"ftp://{USER}:{secret}@{host}/out/feed.zip", tmp_path, force=False)
    told.append(str(away.value))
    assert not any(PASSWORD in text or secret in text or USER in text for text in told)
