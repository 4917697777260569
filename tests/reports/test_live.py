"""Live progress: a picture on a terminal, lines anywhere else."""

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
    """And it stays said after healing."""
    text = followed("INCONCLUSIVE", tmp_path, terminal=False)
    assert "fault store-pause DID NOT BITE: state S" in text
    picture = followed("INCONCLUSIVE", tmp_path, terminal=True)
    assert "fault store-pause did not bite" in picture
    assert "fault worker-kill gone" in picture


def test_the_picture_shows_phases_and_requests(tmp_path: Path) -> None:
    """What is done, what runs, how many requests are recorded of how many planned."""
    picture = followed("GO", tmp_path, terminal=True)
    assert "shop · quick · process · seed 7" in picture
    assert "✓ contract" in picture
    assert "1,200 of 1,200 requests" in picture


def test_phases_to_come_are_shown_from_the_start(tmp_path: Path) -> None:
    """The plan names them."""
    picture = followed("GO", tmp_path, terminal=True, upto=4)
    assert "· ledger" in picture


def test_a_run_without_a_plan_is_followed_too(tmp_path: Path) -> None:
    """Progress must not be what fails."""
    run_dir, _ = made("GO", tmp_path)
    (run_dir / "plan.json").unlink()
    out = io.StringIO()
    with LiveProgress(Console(file=out, width=100), run_dir) as live:
        for event in read_events(run_dir):
            live.feed(event)
    assert "run finished" in out.getvalue()
