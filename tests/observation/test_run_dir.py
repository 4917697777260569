"""The run directory: its plan survives writing, the newest run is found."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gonogo.observation import newest_runs, read_plan, write_json_atomically, write_plan
from gonogo.vocabulary import NothingRan, UsageError
from tests.observation.test_full_disk import files_no_larger_than
from tests.run_builder import empty_builder


def test_the_plan_comes_back_as_it_was(tmp_path: Path) -> None:
    """Every field of plan and profile is equal after writing and reading, tuples included."""
    plan = replace(
        empty_builder(tmp_path).plan,
        notes=("a note", "another"),
        services=(),
        system_info={"cpus": 2, "libraries": {"pytest": "9"}, "text": "ü"},
    )
    write_plan(tmp_path / "new" / "run", plan)
    assert read_plan(tmp_path / "new" / "run") == plan


def test_no_run_directory(tmp_path: Path) -> None:
    """A directory that does not exist is a usage error that names the runs beside it."""
    (tmp_path / "20260101").mkdir()
    (tmp_path / "20260101" / "plan.json").write_text("{}")
    with pytest.raises(UsageError) as raised:
        read_plan(tmp_path / "20260102")
    assert raised.value.alternatives == (str(tmp_path / "20260101"),)


def test_a_run_without_a_plan(tmp_path: Path) -> None:
    """A run that ended before its plan was written is judged as nothing ran."""
    with pytest.raises(NothingRan):
        read_plan(tmp_path)


@pytest.mark.parametrize("content", ["", "{", '{"run": "x"', "{}"])
def test_a_torn_plan_is_an_error(tmp_path: Path, content: str) -> None:
    """An incomplete plan is an error."""
    (tmp_path / "plan.json").write_text(content)
    with pytest.raises(ValueError, match=r"truncated|required field"):
        read_plan(tmp_path)


def test_newest_runs(tmp_path: Path) -> None:
    """Runs come newest first by name; a directory without a plan is not a run."""
    for name in ("20260102-000000-bb", "20251231-235959-zz", "20260102-000000-aa", "up-1"):
        (tmp_path / name).mkdir()
        if name != "up-1":
            (tmp_path / name / "plan.json").write_text("{}")
    (tmp_path / "a-file").write_text("")
    assert [path.name for path in newest_runs(tmp_path)] == [
        "20260102-000000-bb", "20260102-000000-aa", "20251231-235959-zz",
    ]  # fmt: skip
    assert newest_runs(tmp_path / "nowhere") == []
    assert newest_runs(tmp_path / "a-file") == []


def test_json_is_replaced_whole(tmp_path: Path) -> None:
    """On a full disk the old file stays; a value that JSON does not know is written as text."""
    path = tmp_path / "value.json"
    write_json_atomically(path, {"old": 1})
    with files_no_larger_than(4), pytest.raises(OSError, match="too large"):
        write_json_atomically(path, {"new": 2})
    assert json.loads(path.read_text()) == {"old": 1}
    write_json_atomically(path, {"path": Path("/a")})
    assert json.loads(path.read_text()) == {"path": "/a"}
