"""The browser journeys in the document: each step, its picture, and the console of the page."""

import re

from gonogo.vocabulary import Ending, Event
from gonogo.vocabulary.events import (
    Attachment,
    BrowserStepFinished,
    BrowserStepStarted,
    ConsoleLine,
)
from gonogo_reports.document.outcomes import UNFINISHED
from gonogo_reports.document.run_data import RunData
from gonogo_reports.document.schema import AttachmentPart, ConsolePart, JourneyPart, StepPart

_STORED = re.compile(r"attachments/[0-9a-f]{64}(\.[a-z]+)+")


def journeys(run: RunData) -> list[JourneyPart]:
    """One journey for each test that began a step; those that did not pass come first."""
    ends = {_key(event): event.what for event in run.events.of(BrowserStepFinished)}
    by_test: dict[str, list[StepPart]] = {}
    for event in run.events.of(BrowserStepStarted):
        step = _step(run, event, ends.get(_key(event)))
        by_test.setdefault(event.what.test, []).append(step)
    found = [_journey(test, steps) for test, steps in by_test.items()]
    return sorted(found, key=lambda journey: journey["outcome"] == Ending.PASSED)


def _journey(test: str, steps: list[StepPart]) -> JourneyPart:
    wrong = [step["outcome"] for step in steps if step["outcome"] != Ending.PASSED]
    return {
        "test": test,
        "outcome": wrong[0] if wrong else Ending.PASSED.value,
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
    """A stored file; None for a path that attachments never have, so that no report links to it."""
    path = stored.path if stored else ""
    if not _STORED.fullmatch(path):
        return None
    return {"name": name, "path": path, "sha256": path.partition("/")[2].partition(".")[0]}
