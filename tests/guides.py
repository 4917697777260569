r"""Guides: documents whose blocks a test carries out in a copy of the checkout.

A guide's code blocks say in their first line where they belong:

- ``file=PATH``: a new file with this content.
- ``insert=PATH before="LINE"``: this text, in front of the line that stands there exactly once;
  ``after="LINE"`` is behind it, and ``\n`` in it joins several lines.
- ``sh``: commands, one a line, run in the checkout once everything else is in its place.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PACKAGES = ("harness", "fault_injection", "load", "reports", "system_under_test")
COMMAND_S_MAX = 240.0  # a whole mypy run on a busy machine
_BLOCK = re.compile(r"```(\w+) ?([^\n]*)\n(.*?)```", re.DOTALL)
_PLACE = re.compile(r'(file|insert)=(\S+)(?: (before|after)="((?:[^"\\]|\\.)*)")?')


@dataclass(frozen=True, slots=True)
class Checkout:
    """A copy of the checkout in which guides are followed.

    Attributes:
        root: its folder.
        commands: what the guide says to run, in order.
    """

    root: Path
    commands: list[str] = field(default_factory=list)

    def follow(self, guide: str) -> None:
        """Carry out each block of ``docs/GUIDE``, then run its commands.

        Raises:
            AssertionError: a block has no place, its place does not exist, or a command
                failed.
        """
        self.write(guide)
        for command in self.commands:
            self.run(command)

    def write(self, guide: str) -> None:
        """Carry out the blocks of a guide, except for commands, which are collected.

        Raises:
            AssertionError: a block has no place, or its place does not exist.
        """
        for language, info, text in _BLOCK.findall((DOCS / guide).read_text()):
            if language == "sh":
                self.commands.extend(text.strip().splitlines())
                continue
            place = _PLACE.fullmatch(info.strip())
            assert place is not None, f"a block says nothing of its place: {info!r}"
            what, file, side, anchor = place.groups()
            if what == "file":
                self._write_file(file, text)
            else:
                line = anchor.replace('\\"', '"').replace("\\n", "\n") + "\n"
                self._insert(file, line, text + line if side == "before" else line + text)

    def _write_file(self, file: str, text: str) -> None:
        path = self.root / file
        assert not path.exists(), f"{file} exists already"
        assert path.parent.is_dir(), f"there is no folder for {file}"
        path.write_text(text)

    def _insert(self, file: str, line: str, both: str) -> None:
        path = self.root / file
        before, found, after = path.read_text().partition(line)
        assert found, f"{file} has no line {line!r}"
        assert line not in after, f"{file} has the line {line!r} twice"
        path.write_text(before + both + after)

    def run(self, command: str) -> str:
        """Run a shell command in the copy, with the copy's packages first; its output.

        Raises:
            AssertionError: it failed.
        """
        paths = [str(self.root), *(str(self.root / name) for name in PACKAGES)]
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.root, capture_output=True, text=True, check=False, timeout=COMMAND_S_MAX,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )  # fmt: skip
        assert done.returncode == 0, f"{command}:\n{done.stdout}{done.stderr}"
        return done.stdout


def copy_checkout(to: Path) -> Checkout:
    """Copy what git tracks, as a repository of its own, with this environment as its ``.venv``."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    for name in listed.stdout.split("\0"):
        source = ROOT / name
        if source.is_file() and "node_modules" not in source.parts:
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, to / name)
    (to / ".venv").symlink_to(sys.prefix)
    # A whole type check takes a minute; with the same files in its cache, some seconds.
    if (ROOT / ".mypy_cache").is_dir():
        shutil.copytree(ROOT / ".mypy_cache", to / ".mypy_cache")
    subprocess.run(["git", "init", "-q"], cwd=to, check=True)
    return Checkout(to)
