"""A run whose harness was killed at any moment can be judged, and is never GO."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from gonogo.judgement import judge
from gonogo.vocabulary import ExitCode, NothingRan, UsageError
from gonogo.vocabulary.events import ExpectationChecked, LoadFinished, LoadStarted
from tests.run_builder import go_builder

TRIALS = 25


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GO run with three writers."""
    builder = go_builder(tmp_path_factory.mktemp("whole") / "run-1")
    moved = {LoadStarted: "load", LoadFinished: "load", ExpectationChecked: "pytest-gw0"}
    builder.events = [
        (moved.get(type(what), writer), at_s, what) for writer, at_s, what in builder.events
    ]
    run_dir = builder.write()
    assert judge(run_dir).exit_code is ExitCode.GO
    return run_dir


def _files(run_dir: Path) -> list[Path]:
    return sorted(path for path in run_dir.rglob("*") if path.is_file())


def _cut(path: Path, size: int) -> None:
    with path.open("rb+") as file:
        file.truncate(size)


def _judged(run_dir: Path) -> ExitCode:
    try:
        return judge(run_dir).exit_code
    except (UsageError, NothingRan) as error:
        return error.exit_code


@pytest.mark.parametrize(
    "name",
    [
        "plan.json", "events/harness.ndjson", "events/load.ndjson", "events/pytest-gw0.ndjson",
        "records/steady.json", "records/steady.schedule", "records/steady.records",
        "records/background.json", "records/background.schedule", "records/background.records",
    ],
)  # fmt: skip
def test_one_file_cut_anywhere_is_never_go(whole: Path, tmp_path: Path, name: str) -> None:
    """Cut at the start, one byte before the end, and at random places: judged, and not GO."""
    chance = np.random.default_rng(len(name))
    size = (whole / name).stat().st_size
    cuts = [0, 1, size - 1, *(int(chance.integers(size)) for _ in range(TRIALS))]
    for number, cut in enumerate(cuts):
        run_dir = tmp_path / str(number) / "run-1"
        shutil.copytree(whole, run_dir)
        _cut(run_dir / name, cut)
        assert _judged(run_dir) is not ExitCode.GO, f"{name} cut at {cut} of {size}"
        shutil.rmtree(run_dir)


@pytest.mark.parametrize("seed", range(60))
def test_every_file_cut_at_once_is_never_go(whole: Path, tmp_path: Path, seed: int) -> None:
    """All files cut at random: a verdict or a clear refusal, and not GO."""
    chance = np.random.default_rng(seed)
    run_dir = tmp_path / "run-1"
    shutil.copytree(whole, run_dir)
    for path in _files(run_dir):
        if path.name != "plan.json":
            _cut(path, int(chance.integers(path.stat().st_size)))
    assert _judged(run_dir) is not ExitCode.GO


@pytest.mark.parametrize("at_s", [0.5, 5.0, 10.2, 15.0, 30.5, 33.0, 37.0, 39.1, 52.5, 72.0, 74.0])
def test_a_run_killed_at_a_moment_is_not_condemned(tmp_path: Path, at_s: float) -> None:
    """With everything after a moment missing, the verdict is neither GO nor NO-GO."""
    builder = go_builder(tmp_path / "run-1")
    builder.events = [each for each in builder.events if each[1] <= at_s]
    builder.open_writers = {"harness"}
    for name, load in list(builder.loads.items()):
        if not any(getattr(each[2], "load", "") == name for each in builder.events):
            del builder.loads[name]
            continue
        load.records = load.records[load.records["done_ns"] <= 10**12 + at_s * 1e9]
    assert judge(builder.write()).exit_code in (ExitCode.INCONCLUSIVE, ExitCode.NOTHING_RAN)


def test_any_file_may_be_missing(whole: Path, tmp_path: Path) -> None:
    """A run with a missing file is not GO."""
    for number, path in enumerate(_files(whole)):
        run_dir = tmp_path / str(number) / "run-1"
        shutil.copytree(whole, run_dir)
        (run_dir / path.relative_to(whole)).unlink()
        assert _judged(run_dir) is not ExitCode.GO, path.name
