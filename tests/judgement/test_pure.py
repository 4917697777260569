"""Judging is a pure function of the run directory."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from gonogo.judgement import judge, verdict_as_dict
from tests.run_builder import RunBuilder

JUDGE = """
import json, sys
from pathlib import Path
from gonogo.judgement import judge, verdict_as_dict
print(json.dumps(verdict_as_dict(judge(Path(sys.argv[1])))))
"""


def _spoilt(builder: RunBuilder) -> Path:
    """A run with a FAIL, a killed writer and several matches of wildcards."""
    builder.loads["steady"].fail(slice(0, 100))
    builder.open_writers.add("harness")
    return builder.write()


def _files(run_dir: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in run_dir.rglob("*") if path.is_file()}


def test_two_judgements_of_one_run_are_equal(builder: RunBuilder) -> None:
    """No state is kept between two calls, and nothing is written."""
    run_dir = _spoilt(builder)
    before = _files(run_dir)
    assert judge(run_dir) == judge(run_dir)
    assert _files(run_dir) == before


def test_a_copy_elsewhere_is_judged_the_same(builder: RunBuilder, tmp_path: Path) -> None:
    """Neither the path of the run nor the times of its files matter."""
    run_dir = _spoilt(builder)
    elsewhere = tmp_path / "archive" / "a-year-later"
    shutil.copytree(run_dir, elsewhere, copy_function=shutil.copyfile)
    assert judge(elsewhere) == judge(run_dir)


def test_another_process_judges_the_same(builder: RunBuilder, tmp_path: Path) -> None:
    """Neither the order of sets, the time zone, the locale nor the working directory matter."""
    run_dir = _spoilt(builder)
    expected = json.loads(json.dumps(verdict_as_dict(judge(run_dir))))
    for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/Lima")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
        done = subprocess.run(
            [sys.executable, "-P", "-c", JUDGE, str(run_dir)],
            env=environment, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        assert json.loads(done.stdout) == expected
