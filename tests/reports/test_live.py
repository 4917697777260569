"""Live progress: a table on a terminal, lines anywhere else."""

import io
from pathlib import Path

from rich.console import Console

from gonogo.observation import read_events
from gonogo_reports import LiveProgress
from tests.reports.conftest import made


def followed(name: str, folder: Path, *, terminal: bool, upto: int | None = None) -> str:
    run_dir, _ = made(name, folder)
    out = io.StringIO()
    console = Console(file=out, width=100, force_terminal=terminal, color_system=None)
    with LiveProgress(console, run_dir) as live:
        for event in read_events(run_dir)[:upto]:
            live.feed(event)
            live.refresh()
        if terminal:
            out.truncate(0)
            console.print(live.table())
    return out.getvalue()


def test_a_pipeline_gets_one_line_a_milestone(tmp_path: Path) -> None:
    """No control character, no passing test, no resource sample."""
    text = followed("NO-GO", tmp_path, terminal=False)
    lines = text.rstrip("\n").split("\n")
    assert all(line.startswith("[") for line in lines)
    assert len(lines) < 50
    assert any("run started: target shop, profile quick" in line for line in lines)
    assert any("service store exited (code -9)" in line for line in lines)
    assert any("fault store-pause bites: pid 412 in state T" in line for line in lines)
    assert any("phase contract finished: 1 failed, 2 passed" in line for line in lines)
    assert any("FAILED contract/test_login.py" in line for line in lines)


def test_a_fault_that_did_not_bite_is_said_loudly(tmp_path: Path) -> None:
    """The line about it is printed, and stays true after the healing."""
    text = followed("INCONCLUSIVE", tmp_path, terminal=False)
    assert "fault store-pause DID NOT BITE: state S" in text
    shown = followed("INCONCLUSIVE", tmp_path, terminal=True)
    assert "fault store-pause did not bite" in shown
    assert "fault worker-kill gone" in shown


def test_the_table_shows_phases_and_requests(tmp_path: Path) -> None:
    """It shows which phases are done or running, and recorded against planned requests."""
    shown = followed("GO", tmp_path, terminal=True)
    assert "shop · quick · process · seed 7" in shown
    assert "✓ contract" in shown
    assert "1,200 of 1,200 requests" in shown


def test_phases_to_come_are_shown_from_the_start(tmp_path: Path) -> None:
    """Phases that have not begun are in the table, because the plan names them."""
    shown = followed("GO", tmp_path, terminal=True, upto=4)
    assert "· ledger" in shown


def test_a_run_without_a_plan_is_followed_too(tmp_path: Path) -> None:
    """A missing plan does not stop the progress."""
    run_dir, _ = made("GO", tmp_path)
    (run_dir / "plan.json").unlink()
    out = io.StringIO()
    with LiveProgress(Console(file=out, width=100), run_dir) as live:
        for event in read_events(run_dir):
            live.feed(event)
    assert "run finished" in out.getvalue()
