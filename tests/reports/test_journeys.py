"""Journeys in the reports: the failed step first, pictures inside the page, files verified."""

import re
import shutil
from pathlib import Path
from typing import Any

from gonogo.judgement import judge
from gonogo.observation import store_attachment
from gonogo.vocabulary.events import BrowserStepFinished, BrowserStepStarted, ConsoleLine
from gonogo_reports import render_all
from tests.run_builder import RunBuilder, go_builder

TEST = "journey/test_page.py::test_page"
JPEG = b"\xff\xd8\xff\xe0 a small picture"
PNG = b"\x89PNG a large picture"


def _run(folder: Path) -> tuple[RunBuilder, list[dict[str, Any]]]:
    """A journey of two steps, the second failed; its finished steps, to change before writing."""
    builder = go_builder(folder / "20260101-120000-ab12")
    builder.test(TEST, at_s=5.0, outcome="failed", message="step 2, execute: no <status>")
    steps: list[dict[str, Any]] = []
    for number, name, outcome in ((1, "open", "passed"), (2, "execute", "failed")):
        key: dict[str, Any] = {"test": TEST, "step": number, "name": name}
        builder.event(BrowserStepStarted(**key), 5.0 + number / 100)
        line = ConsoleLine("SEVERE", "javascript", "<b>boom</b>")
        steps.append(
            {
                **key, "outcome": outcome, "error": "no <status>" if number == 2 else "",
                "duration_s": 0.25, "url": "http://127.0.0.1:1/", "console": (line,)[: number - 1],
            }
        )  # fmt: skip
    return builder, steps


def _render(builder: RunBuilder, steps: list[dict[str, Any]], **pictures: bytes) -> Path:
    """Write the run and its reports; ``pictures`` replace the stored bytes of the second step."""
    for step in steps:
        builder.event(BrowserStepFinished(**step), 5.005 + step["step"] / 100)
    run_dir = builder.write()
    kept = run_dir.with_name("kept")
    if kept.exists():
        shutil.copytree(kept, run_dir, dirs_exist_ok=True)
    for name, data in pictures.items():
        (run_dir / steps[1][name].path).write_bytes(data)
    render_all(run_dir, judge(run_dir))
    return run_dir


def _with_pictures(builder: RunBuilder, steps: list[dict[str, Any]]) -> None:
    kept = builder.run_dir.with_name("kept")
    kept.mkdir()
    for step in steps:
        for name, data, suffix in (("screenshot", PNG, ".png"), ("thumbnail", JPEG, ".jpg")):
            step[name] = store_attachment(kept, data + bytes([step["step"]]), suffix)


def test_a_failed_step_stands_first_with_its_picture(tmp_path: Path) -> None:
    """Error, console and large picture of the failed step come before the row of all steps."""
    builder, steps = _run(tmp_path)
    _with_pictures(builder, steps)
    page = (_render(builder, steps) / "report.html").read_text()
    part = page[page.index('<section id="journeys"') : page.index('<section id="faults"')]
    assert part.index("Step 2, execute") < part.index('<ol class="steps">')
    assert "no &lt;status&gt;" in part
    assert "&lt;b&gt;boom&lt;/b&gt;" in part
    assert part.count('src="data:image/jpeg;base64,') == 3
    links = set(re.findall(r'href="([^"]*)"', part))
    assert links == {step["screenshot"].path for step in steps}
    assert not re.search(r'(src|href)="(?!data:image/jpeg;base64,|attachments/)', part)


def test_a_picture_that_was_changed_is_not_shown(tmp_path: Path) -> None:
    """A thumbnail that is not what was recorded is left out; the step stays."""
    builder, steps = _run(tmp_path)
    _with_pictures(builder, steps)
    page = (_render(builder, steps, thumbnail=b"\xff\xd8 forged") / "report.html").read_text()
    part = page[page.index('<section id="journeys"') : page.index('<section id="faults"')]
    assert part.count('src="data:image/jpeg;base64,') == 1
    assert part.count('class="nopicture"') == 2


def test_a_path_that_leads_elsewhere_is_no_link(tmp_path: Path) -> None:
    """A picture is linked only if its path is that of a stored attachment."""
    builder, steps = _run(tmp_path)
    steps[1]["screenshot"] = {"path": "javascript:alert(1)", "sha256": "0" * 64}
    steps[1]["thumbnail"] = {"path": "attachments/../../secret.jpg", "sha256": "0" * 64}
    page = (_render(builder, steps) / "report.html").read_text()
    assert "alert(1)" not in page
    assert "secret.jpg" not in page


def test_junit_names_the_step(tmp_path: Path) -> None:
    """The failure of the test and that of the journey both say which step it was."""
    builder, steps = _run(tmp_path)
    junit = (_render(builder, steps) / "junit.xml").read_text()
    assert junit.count("step 2, execute: no &lt;status&gt;") >= 2


def test_a_run_without_a_browser_has_no_such_section(tmp_path: Path) -> None:
    """Without journeys the page has no section for them."""
    run_dir = go_builder(tmp_path / "20260101-120000-ab12").write()
    page = render_all(run_dir, judge(run_dir))["report.html"].read_text()
    assert 'id="journeys"' not in page
