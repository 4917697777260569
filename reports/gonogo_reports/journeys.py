"""Journeys in the browser out of the event log: every step, its picture, what the page said."""

import base64
import re
from collections.abc import Iterable
from pathlib import Path

from gonogo.observation import read_attachment
from gonogo.vocabulary import Event
from gonogo.vocabulary.events import (
    Attachment,
    BrowserStepFinished,
    BrowserStepStarted,
    ConsoleLine,
)
from gonogo_reports.reading import RunData
from gonogo_reports.schema import AttachmentPart, ConsolePart, JourneyPart, StepPart

PICTURES_BYTES_MAX = 4_000_000  # the report must open at once; what is left out is linked
UNFINISHED = "unfinished"
_PASSED = "passed"
_STORED = re.compile(r"attachments/[0-9a-f]{64}(\.[a-z]+)+")


def journeys(run: RunData) -> list[JourneyPart]:
    """One a test that took a step, those that went wrong first."""
    ends = {_key(event): event.what for event in run.events.of(BrowserStepFinished)}
    by_test: dict[str, list[StepPart]] = {}
    for event in run.events.of(BrowserStepStarted):
        step = _step(run, event, ends.get(_key(event)))
        by_test.setdefault(event.what.test, []).append(step)
    found = [_journey(test, steps) for test, steps in by_test.items()]
    return sorted(found, key=lambda journey: journey["outcome"] == _PASSED)


def _journey(test: str, steps: list[StepPart]) -> JourneyPart:
    wrong = [step["outcome"] for step in steps if step["outcome"] != _PASSED]
    return {
        "test": test,
        "outcome": wrong[0] if wrong else _PASSED,
        "duration_s": round(sum(step["duration_s"] or 0.0 for step in steps), 6),
        "steps": steps,
    }


def _key(event: Event[BrowserStepStarted] | Event[BrowserStepFinished]) -> tuple[str, str, int]:
    return event.writer, event.what.test, event.what.step


def _step(
    run: RunData, started: Event[BrowserStepStarted], end: BrowserStepFinished | None
) -> StepPart:
    return {
        "step": started.what.step,
        "name": started.what.name,
        "outcome": end.outcome if end else UNFINISHED,
        "error": end.error if end else "",
        "started_s": run.at_s(started.mono_ns),
        "duration_s": end.duration_s if end else None,
        "url": end.url if end else "",
        "console": [_line(each) for each in (end.console if end else ())],
        "screenshot": _file("screenshot", end.screenshot if end else None),
        "thumbnail": _file("thumbnail", end.thumbnail if end else None),
        "page_source": _file("page_source", end.page_source if end else None),
    }


def _line(line: ConsoleLine) -> ConsolePart:
    return {
        "level": line.level,
        "source": line.source,
        "text": line.text,
        "declared": line.declared,
    }


def _file(name: str, stored: Attachment | None) -> AttachmentPart | None:
    """A stored file; anything that is not named as one is not linked to."""
    path = stored.path if stored else ""
    if not _STORED.fullmatch(path):
        return None
    return {"name": name, "path": path, "sha256": path.partition("/")[2].partition(".")[0]}


def pictures(run_dir: Path, shown: Iterable[JourneyPart]) -> dict[str, str]:
    """Thumbnails as data addresses by their path, in the order of the journeys, up to a limit.

    One whose file is gone or was changed is left out.
    """
    found: dict[str, str] = {}
    left_bytes = PICTURES_BYTES_MAX
    files = [step["thumbnail"] for journey in shown for step in journey["steps"]]
    for file in files:
        if file is None or file["path"] in found:
            continue
        data = read_attachment(run_dir, Attachment(file["path"], file["sha256"]))
        if data is not None and len(data) <= left_bytes:
            left_bytes -= len(data)
            found[file["path"]] = f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"
    return found
