"""docs/adding-a-fault.md, followed to the letter; docs/faults.md, as the files have it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gonogo.vocabulary import UsageError
from gonogo_faults import CATALOGUE, catalogue_page, describe

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
COPIED = ("fault_injection", "harness", "load", "reports", "tests", "pyproject.toml", "conftest.py")
_NOT_COPIED = shutil.ignore_patterns("target", "__pycache__", "runs", "gate", "node_modules")
_BLOCK = re.compile(r"```(\w+) ?([^\n]*)\n(.*?)```", re.DOTALL)
_WHERE = re.compile(r'(file|insert)=(\S+)(?: before="((?:[^"\\]|\\.)*)")?')


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What the page changes, to be changed."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=_NOT_COPIED)
        else:
            shutil.copy(source, tmp_path / name)
    return tmp_path


def _follow(page: str, root: Path) -> list[str]:
    """Carry out each block; the commands among them."""
    commands = []
    for language, info, text in _BLOCK.findall(page):
        if language == "sh":
            commands += text.strip().splitlines()
            continue
        where = _WHERE.fullmatch(info.strip())
        assert where is not None, f"a block says nothing of where it belongs: {info!r}"
        what, file, before = where.groups()
        path = root / file
        if what == "file":
            assert not path.exists(), f"{file} is there already"
            path.write_text(text)
        else:
            line = before.replace('\\"', '"') + "\n"
            assert path.read_text().count(line) == 1
            path.write_text(path.read_text().replace(line, text + line))
    return commands


def _run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=root, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_page_adds_a_fault(copy: Path) -> None:
    """Its file, its lines and its test work as they stand, and are as the house wants them."""
    (command,) = _follow((DOCS / "adding-a-fault.md").read_text(), copy)
    assert command == "gonogo faults --markdown > docs/faults.md"
    made = _run(copy, "-m", "gonogo", *command.split()[1:3])
    assert "## abort" in made.stdout, made.stderr
    files = ["fault_injection/catalogue", "tests/fault_injection/test_abort.py"]
    for checks in (["ruff", "check", *files], ["ruff", "format", "--check", *files]):
        linted = _run(copy, "-m", *checks)
        assert linted.returncode == 0, linted.stdout
    tested = _run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", files[1])
    assert "2 passed" in tested.stdout, tested.stdout


def test_the_page_of_the_catalogue_is_what_the_files_say() -> None:
    """Regenerate it: ``gonogo faults --markdown > docs/faults.md``."""
    assert (DOCS / "faults.md").read_text() == catalogue_page()


@pytest.mark.parametrize("name", sorted(CATALOGUE.keys() - {"noop"}))
def test_each_fault_says_what_it_must(name: str) -> None:
    """Parameters too, where it takes any, each by its name."""
    entry = describe(name)
    for parameter in filter(None, entry.signature.split(", ")):
        assert f"``{parameter.partition('=')[0]}``" in entry.fields["Parameters"]


def test_a_fault_that_is_not_there() -> None:
    """The names of those that are there are told."""
    with pytest.raises(UsageError, match="power-loss"):
        describe("power-los")
