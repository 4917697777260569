"""The wheel: what it holds, and that the command runs from it alone."""

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOP_LEVEL = {"gonogo", "gonogo_faults", "gonogo_load", "gonogo_reports"}
# The wheel's files and the installed libraries, but not the checkout that is installed beside them.
RUN = """
import sys
from importlib.metadata import distribution
sys.path = [{wheel!r}, *sys.path, {libraries!r}]
import gonogo
assert gonogo.__file__.startswith({wheel!r}), gonogo.__file__
(command,) = [each for each in distribution("gonogo").entry_points if each.name == "gonogo"]
sys.exit(command.load()())
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    (built,) = folder.glob("*.whl")
    return built


def test_the_top_level_is_exactly_the_four_names(wheel: Path) -> None:
    """Nothing but our four packages and the metadata; tests and native sources stay out."""
    names = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == TOP_LEVEL


def test_every_file_of_the_packages_is_in_it(wheel: Path) -> None:
    """Templates, styles and scripts of the report too."""
    inside = set(zipfile.ZipFile(wheel).namelist())
    listed = subprocess.run(
        ["git", "ls-files", *(f"*/{name}/*" for name in sorted(TOP_LEVEL))],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    tracked = {line.partition("/")[2] for line in listed.stdout.splitlines() if line}
    assert len(tracked) > 200
    assert tracked - inside == set()


@pytest.mark.parametrize("arguments", [["--help"], ["faults"], ["judge", "--help"]])
def test_the_command_runs_from_it(wheel: Path, tmp_path: Path, arguments: list[str]) -> None:
    """Unpacked elsewhere, without the checkout, the command runs."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = RUN.format(wheel=str(tmp_path / "site"), libraries=sysconfig.get_path("purelib"))
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, *arguments],
        capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "pause" in done.stdout or "usage" in done.stdout.lower()
