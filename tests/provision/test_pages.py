"""Web pages: built by npm from their lock; every failure has its message."""

from pathlib import Path

import pytest

from gonogo.provision.pages import build_page
from gonogo.provision.step import StepFailed
from tests.provision.conftest import Program

LOCK = """{"name": "page", "lockfileVersion": 3, "packages": {"": {"name": "page"%s}}}"""


def page(tmp_path: Path, build: str, engines: str = "") -> Path:
    folder = tmp_path / "page"
    folder.mkdir()
    engines = f', "engines": {{"node": "{engines}"}}' if engines else ""
    (folder / "package.json").write_text(
        f'{{"name": "page", "scripts": {{"build": "{build}"}}{engines}}}'
    )
    (folder / "package-lock.json").write_text(LOCK % engines)
    return folder


def test_a_page_is_built(tmp_path: Path) -> None:
    """It installs from the lock and runs the build; its result is there."""
    folder = page(tmp_path, "mkdir -p dist && echo hello > dist/index.html")
    build_page(folder)
    assert (folder / "dist" / "index.html").read_text() == "hello\n"


@pytest.mark.parametrize(
    ("build", "engines", "words"),
    [
        ("echo no such module >&2; exit 3", "", "npm run build … ended with [^$]*no such module"),
        ("true", "", "did not make dist/index.html"),
        ("true", ">=999", "npm ci .*ended with [^$]*EBADENGINE"),
    ],
    ids=["fails", "builds-nothing", "old-node"],
)
def test_a_build_that_fails_is_reported(
    tmp_path: Path, build: str, engines: str, words: str
) -> None:
    """A failed build, a missing result and an unsupported Node.js are errors with their reason."""
    with pytest.raises(StepFailed, match=words):
        build_page(page(tmp_path, build, engines))


def test_without_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without npm gets a failed step, no traceback."""
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(StepFailed, match=r"npm ci .* cannot be started"):
        build_page(page(tmp_path, "true"))


def test_without_a_lock(tmp_path: Path, program: Program) -> None:
    """Nothing unpinned is installed: without a lock the step fails and says how to make one."""
    folder = page(tmp_path, "true")
    (folder / "package-lock.json").unlink()
    program("npm", "exit 0")
    with pytest.raises(StepFailed, match="run `npm install`"):
        build_page(folder)
