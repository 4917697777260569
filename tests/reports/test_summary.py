"""summary.md: short, and text of the target is escaped."""

from pathlib import Path

from gonogo_reports import render_all
from tests.reports.conftest import BUILDERS, Case, made


def test_it_names_word_cause_exit_code_and_how_to_judge_again(any_run: Case) -> None:
    """The head of the page is enough to decide what to do."""
    run_dir, verdict = any_run
    text = render_all(run_dir, verdict)["summary.md"].read_text()
    assert verdict.word in text.split("\n")[0].replace("\\", "")
    assert f"exit {int(verdict.exit_code)}" in text
    assert f"gonogo judge reports/runs/{run_dir.name}" in text


def test_markup_of_the_target_is_escaped(tmp_path: Path) -> None:
    """The name of a test cannot open a tag or a table cell, or mention a person."""
    run_dir, verdict = made("NO-GO", tmp_path)
    text = render_all(run_dir, verdict)["summary.md"].read_text()
    assert "<script>" not in text
    assert r"\@you" in text


def test_it_stays_below_a_mebibyte_whatever_happens(tmp_path: Path) -> None:
    """GitHub refuses more; a thousand failing tests with long names fit."""
    builder = BUILDERS["NO-GO"](tmp_path / "run")
    for number in range(1000):
        test = f"contract/test_a.py::test_{number}_{'x' * 2000}"
        builder.test(test, outcome="failed", message="y" * 3000, expectations=0)
    run_dir = builder.write()
    _, verdict = made("NO-GO", tmp_path)
    assert render_all(run_dir, verdict)["summary.md"].stat().st_size < 50_000
