"""docs/adding-a-fault.md, followed to the letter in a copy of this repository."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "adding-a-fault.md"
AREAS = ("harness", "fault_injection", "load", "reports")
_BLOCK = re.compile(r"```(\w+) ?([^\n]*)\n(.*?)```", re.DOTALL)
_WHERE = re.compile(r'(file|insert)=(\S+)(?: (before|after)="((?:[^"\\]|\\.)*)")?')
_COMMAND_S_MAX = 300.0
_MODULES = {"gonogo": "gonogo", "mypy": "mypy", "pytest": "pytest", "ruff": "ruff"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The repository as it stands, to be changed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    root = tmp_path / "copy"
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    return root


def _follow(page: str, root: Path) -> list[str]:
    """Write the files of the page and insert its lines; its commands, in order."""
    commands = []
    for language, info, text in _BLOCK.findall(page):
        if language == "sh":
            commands += text.strip().splitlines()
            continue
        where = _WHERE.fullmatch(info.strip())
        assert where is not None, f"a block does not say where it belongs: {info!r}"
        what, file, side, anchor = where.groups()
        path = root / file
        if what == "file":
            assert not path.exists(), f"{file} exists already"
            path.write_text(text)
        else:
            line = anchor.replace('\\"', '"').replace("\\n", "\n") + "\n"
            assert path.read_text().count(line) == 1, f"{file} has {line!r} not exactly once"
            both = line + text if side == "after" else text + line
            path.write_text(path.read_text().replace(line, both))
    return commands


def _run(root: Path, command: str) -> None:
    """Run a command of the page as its reader would, with the copy's packages."""
    text, _, into = command.partition(" > ")
    name, *words = shlex.split(text)
    module = ["-m", _MODULES[name]] if name in _MODULES else []
    program = [sys.executable, *module] if module else [str(Path(sys.executable).parent / name)]
    own = {**os.environ, "PYTHONPATH": ":".join(str(root / area) for area in AREAS)}
    own["PYTEST_ADDOPTS"] = "-q -p no:cacheprovider -p no:xdist"
    done = subprocess.run(
        [*program, *words], cwd=root, env=own, capture_output=True, text=True,
        timeout=_COMMAND_S_MAX, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    if into:
        (root / into).write_text(done.stdout)


@pytest.mark.timeout(900)
def test_the_page_adds_a_fault(copy: Path) -> None:
    """Its files, lines and commands work as they stand, and every check passes afterwards."""
    commands = _follow(PAGE.read_text(), copy)
    for command in commands:
        _run(copy, command)
    assert "\n## abort\n" in (copy / "docs" / "faults.md").read_text()
    checks = {command.split()[0] for command in commands}
    assert checks == {"gonogo", "lint-imports", "mypy", "pytest", "ruff"}
