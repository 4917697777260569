"""The reference system without a defect: GO, and the same verdict from the run directory alone."""

import shutil
from pathlib import Path

import pytest

from gonogo.vocabulary import ExitCode
from tests.end_to_end.conftest import Gate
from tests.end_to_end.leftovers import leftovers

REPORTS = ("run.json", "junit.xml", "report.html", "summary.md")


@pytest.mark.alone
def test_default_profile_is_go(gate: Gate) -> None:
    """The whole default profile is GO; on a moved run directory judge and report agree."""
    done = gate.gonogo("run", "--profile", "default", "--backend", "process")
    assert done.code == ExitCode.GO, done.output
    run_dir = done.run_dir
    assert leftovers(run_dir) == []
    before = {name: (run_dir / name).read_bytes() for name in REPORTS}
    for name in REPORTS:
        (run_dir / name).unlink()
    moved = gate.folder / "elsewhere" / run_dir.name
    shutil.copytree(run_dir, moved)
    judged = gate.gonogo("judge", str(moved))
    assert judged.code == ExitCode.GO, judged.output
    assert gate.gonogo("report", str(moved)).code == ExitCode.GO
    assert {name: (moved / name).read_bytes() for name in REPORTS} == before
    _no_secret_was_written(moved)


def _no_secret_was_written(run_dir: Path) -> None:
    """Generated secrets are 43 characters of base64; none is in evidence or reports."""
    for path in run_dir.rglob("*"):
        if path.is_file():
            assert b"requirepass " not in path.read_bytes(), path
