"""render_all: whole files, the same bytes each time, also for a damaged run."""

import json
import shutil
from pathlib import Path

import pytest

from gonogo.vocabulary import ExitCode, Result, Verdict
from gonogo_reports import FORMATS, NoopFormat, render_all
from tests.reports.conftest import Case, made
from tests.reports.strict_junit import check

FILES = {each.file_name for each in FORMATS}
UNKNOWN = Verdict(
    Result.INCONCLUSIVE, "INCONCLUSIVE", ExitCode.INCONCLUSIVE, "the run was killed", (), ()
)


def test_each_format_has_a_file_of_its_own() -> None:
    """The four that others rely on are there, and no two formats write the same file."""
    assert {"run.json", "junit.xml", "report.html", "summary.md"} <= FILES
    assert len(FILES) == len(FORMATS)


def test_only_the_formats_asked_for_are_written(any_run: Case) -> None:
    """A caller may choose; a format that renders nothing leaves an empty file."""
    run_dir, verdict = any_run
    written = render_all(run_dir, verdict, [NoopFormat()])
    assert written == {"noop.txt": run_dir / "noop.txt"}
    assert written["noop.txt"].read_bytes() == b""


def test_every_file_is_written_and_nothing_else_is_left(any_run: Case) -> None:
    """Every file is there and whole, and no temporary one is left."""
    run_dir, verdict = any_run
    before = {path.name for path in run_dir.iterdir()}
    written = render_all(run_dir, verdict)
    assert set(written) == FILES
    assert {path.name for path in run_dir.iterdir()} == before | FILES
    assert all(path.stat().st_size for path in written.values())


def test_rendering_twice_and_elsewhere_gives_the_same_bytes(any_run: Case, tmp_path: Path) -> None:
    """No report depends on the clock, the process or the place of the run directory."""
    run_dir, verdict = any_run
    first = {name: p.read_bytes() for name, p in render_all(run_dir, verdict).items()}
    elsewhere = tmp_path / "moved" / run_dir.name
    shutil.copytree(run_dir, elsewhere)
    for place in (run_dir, elsewhere):
        again = {name: p.read_bytes() for name, p in render_all(place, verdict).items()}
        assert again == first


@pytest.mark.parametrize("left", [0.0, 0.03, 0.2, 0.5, 0.77, 0.999])
@pytest.mark.parametrize("suffix", ["*.ndjson", "*.records", "*.schedule", "*.json"])
def test_a_file_cut_anywhere_is_reported_and_never_raises(
    tmp_path: Path, suffix: str, left: float
) -> None:
    """A run killed at any moment can be rendered: each kind of file, cut at any length."""
    run_dir, verdict = made("NO-GO", tmp_path)
    for path in run_dir.rglob(suffix):
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * left)])
    files = render_all(run_dir, verdict)
    json.loads(files["run.json"].read_text())
    check(files["junit.xml"].read_text())


def test_a_directory_with_nothing_in_it_says_no_data(tmp_path: Path) -> None:
    """No plan, no event, no record: every section says so."""
    run_dir = tmp_path / "20260101-120000-0000"
    run_dir.mkdir()
    files = render_all(run_dir, UNKNOWN)
    page = files["report.html"].read_text()
    assert page.count("No data:") == 6
    assert "this run has no plan" in page
    assert json.loads(files["run.json"].read_text())["run"]["id"] == run_dir.name
    check(files["junit.xml"].read_text())


def test_lines_that_are_not_events_are_counted_and_left_out(tmp_path: Path) -> None:
    """Of a damaged file only the damaged line is lost, and the report says so."""
    run_dir, verdict = made("GO", tmp_path)
    path = run_dir / "events" / "harness.ndjson"
    lines = path.read_bytes().split(b"\n")
    lines[3] = b"\x00\x00\xff not json"
    path.write_bytes(b"\n".join(lines))
    document = json.loads(render_all(run_dir, verdict)["run.json"].read_text())
    assert "events/harness.ndjson: 1 line(s) are not events" in document["unreadable"]
    assert len(document["tests"]) == 6


def test_events_of_another_boot_do_not_stretch_the_axis(tmp_path: Path) -> None:
    """Monotonic times of two boots do not compare: the second one's are left out."""
    run_dir, verdict = made("GO", tmp_path)
    path = run_dir / "events" / "harness.ndjson"
    line = json.loads(path.read_bytes().split(b"\n")[5])
    line |= {"boot": "another", "mono_ns": 9_000_000_000_000_000, "seq": 9999}
    path.write_bytes(path.read_bytes() + json.dumps(line).encode() + b"\n")
    document = json.loads(render_all(run_dir, verdict)["run.json"].read_text())
    assert document["run"]["duration_s"] < 100
    assert "1 event(s) of another boot are left out" in document["unreadable"]
