"""Guides: documents whose blocks a test carries out to the letter, in a copy of the checkout.

A guide's code blocks say in their first line where they belong:

- ``file=PATH``: a new file with this content.
- ``insert=PATH before="LINE"``: this text, in front of the line that stands there exactly once.
- ``sh``: commands, one a line; the test runs them.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PACKAGES = ("harness", "fault_injection", "load", "reports")
COMMAND_S_MAX = 240.0  # a whole mypy run on a machine that does other things too
_BLOCK = re.compile(r"```(\w+) ?([^\n]*)\n(.*?)```", re.DOTALL)
_PLACE = re.compile(r'(file|insert)=(\S+)(?: before="((?:[^"\\]|\\.)*)")?')


@dataclass(frozen=True, slots=True)
class Checkout:
    """A copy of the checkout in which guides are followed.

    Attributes:
        root: its folder.
        written: files that the guide made or changed, relative to it, in order.
        commands: what the guide says to run, in order.
    """

    root: Path
    written: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)

    def follow(self, guide: str) -> None:
        """Carry out each block of ``docs/GUIDE``; commands are collected, not run.

        Raises:
            AssertionError: a block says nothing of its place, or its place is not there.
        """
        for language, info, text in _BLOCK.findall((DOCS / guide).read_text()):
            if language == "sh":
                self.commands.extend(text.strip().splitlines())
                continue
            place = _PLACE.fullmatch(info.strip())
            assert place is not None, f"a block says nothing of its place: {info!r}"
            what, file, before = place.groups()
            if what == "file":
                self._write_file(file, text)
            else:
                self._insert(file, before.replace('\\"', '"') + "\n", text)

    def _write_file(self, file: str, text: str) -> None:
        path = self.root / file
        assert not path.exists(), f"{file} exists already"
        assert path.parent.is_dir(), f"there is no folder for {file}"
        path.write_text(text)
        self.written.append(file)

    def _insert(self, file: str, line: str, text: str) -> None:
        path = self.root / file
        before, found, after = path.read_text().partition(line)
        assert found, f"{file} has no line {line!r}"
        assert line not in after, f"{file} has the line {line!r} twice"
        path.write_text(before + text + line + after)
        if file not in self.written:
            self.written.append(file)

    @property
    def python_files(self) -> list[str]:
        """The Python files that the guide made or changed."""
        return [file for file in self.written if file.endswith(".py")]

    def run(self, *words: str) -> str:
        """Run a Python module in the copy, which imports the copy's packages; what it printed.

        Raises:
            AssertionError: it failed.
        """
        paths = [str(self.root), *(str(self.root / name) for name in PACKAGES)]
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=self.root, capture_output=True, text=True, check=False, timeout=COMMAND_S_MAX,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )  # fmt: skip
        assert done.returncode == 0, f"{' '.join(words)}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def run_house_checks(self, tests: Sequence[str]) -> None:
        """What must pass after every change: lint, format, types, layers and these tests.

        Raises:
            AssertionError: one of them failed.
        """
        self.run("ruff", "check", *self.python_files)
        self.run("ruff", "format", "--check", *self.python_files)
        types = ["--follow-imports=silent", "--cache-dir", str(ROOT / ".mypy_cache" / "guides")]
        self.run("mypy", *types, *(file for file in self.python_files if _is_product(file)))
        self.run("importlinter.cli", "lint-imports", "--no-cache")
        self.run("pytest", "-q", "-p", "no:cacheprovider", *tests)


def copy_checkout(to: Path) -> Checkout:
    """Copy what git tracks, and make it a repository of its own, as some tests want one."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    for name in listed.stdout.split("\0"):
        source = ROOT / name
        if source.is_file() and "node_modules" not in source.parts:
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, to / name)
    subprocess.run(["git", "init", "-q"], cwd=to, check=True)
    return Checkout(to)


def _is_product(file: str) -> bool:
    return file.startswith(PACKAGES)
