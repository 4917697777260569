"""The verdict on the terminal."""

import io
from pathlib import Path

from rich.console import Console

from gonogo_reports import print_verdict, render_all
from tests.reports.conftest import Case, made


def printed(case: Case, width: int = 110) -> str:
    out = io.StringIO()
    print_verdict(case[1], case[0], Console(file=out, width=width, highlight=False))
    return out.getvalue()


def test_word_cause_exit_code_and_place_are_there(any_run: Case) -> None:
    """The word, the cause, the exit code and the path of the report are printed."""
    run_dir, verdict = any_run
    text = printed(any_run)
    assert f"  {verdict.word}  " in text
    assert f"exit    {int(verdict.exit_code)}  " in text
    assert run_dir.name in text.replace("\n", "")


def test_the_report_is_named_once_it_is_written(tmp_path: Path) -> None:
    """Before the report exists, the run directory is printed."""
    case = made("GO", tmp_path)
    assert "report.html" not in printed(case, width=300)
    render_all(*case)
    assert "report.html" in printed(case, width=300)


def test_the_worst_come_first_and_the_rest_is_counted(tmp_path: Path) -> None:
    """At most eight judgements, and how many more there are."""
    text = printed(made("NO-GO", tmp_path))
    lines = [line for line in text.split("\n") if line.startswith(("FAIL", "PASS", "INCON"))]
    assert len(lines) <= 8
    assert lines[0].startswith("FAIL")
    assert " PASS" in text.split("and ", 1)[1]


def test_a_name_with_brackets_is_not_markup(tmp_path: Path) -> None:
    """Terminal markup in the name of a test is printed as plain text."""
    run_dir, verdict = made("NO-GO", tmp_path)
    assert "[31m" in printed((run_dir, verdict))
