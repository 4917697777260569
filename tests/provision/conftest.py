"""A small checkout, and test programs that come first on PATH."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = """
[tool.gonogo.provision]
lock = "requirements.lock"
editable = [".", "app"]
maturin = ["native"]
shared = ["shim.c"]
npm = ["page"]

[tool.gonogo.provision.images]
project = "app"
native = ["native"]
into = "app/wheels"
python = "3.11"
"""
LOCK = """\
alpha==1.0
    # via app (app/pyproject.toml)
beta==2.0
    # via alpha
"""

Program = Callable[..., Path]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a lock, two Python projects, a native module and a web page."""
    root = tmp_path / "checkout"
    folders = ("app/app", "app/tests", "page/src", "page/node_modules", "native/src")
    for folder in (*folders, "native/target", "native/tests"):
        (root / folder).mkdir(parents=True)
    (root / "pyproject.toml").write_text(PROJECT)
    (root / "requirements.lock").write_text(LOCK)
    (root / "app" / "app" / "__init__.py").write_text("")
    (root / "app" / "tests" / "__init__.py").write_text("")
    (root / "page" / "package-lock.json").write_text("{}")
    (root / "app" / "pyproject.toml").write_text("[project]\nname = 'app'\n")
    (root / "shim.c").write_text("int shim;\n")
    (root / "native" / "Cargo.toml").write_text("[package]\n")
    (root / "native" / "src" / "lib.rs").write_text("// code\n")
    return root


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Puts a shell script of this name first on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def make(name: str, body: str) -> Path:
        path = folder / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path

    return make
